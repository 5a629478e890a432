import t from "tap";
import { ask } from "../support/books.ts";
import { eventually } from "../support/eventually.ts";
import { Person } from "../support/graphql.ts";
import { admin, newCustomer, newProduct, placeOrder } from "../support/people.ts";
import { startSystem } from "../support/system.ts";

/** Longer than the test waits, so that an earlier change was received by an event. */
const longMs = 60_000;
const boundMs = 5_000;
t.setTimeout(180_000);
const env = { gateway: { SIDECART_CACHE_MS: String(longMs) } };
const system = await startSystem(t, { replicas: { gateway: 2 }, env });
const replicas = ["gateway", "gateway-2"];
const urls = system.gatewayUrls;
const shop = await admin(system.gatewayUrl);
const customer = await newCustomer(system.gatewayUrl);
const at = (url: string | undefined, { token }: Person) => new Person(url ?? "", token);

const productQuery = "query($id: ID!) { product(id: $id) { name price stock } }";
const listQuery = "{ products(first: 5) { nodes { id name price stock } } }";
const orderQuery = "query($id: ID!) { order(id: $id) { status } }";
const ordersQuery = "{ orders(first: 5) { nodes { id status } } }";
const change = "mutation($input: UpdateProductInput!) { updateProduct(input: $input) { id } }";
const cancel = "mutation($input: CancelOrderInput!) { cancelOrder(input: $input) { status } }";
type Product = { id: string; name: string; price: number; stock: number };
type Order = { id: string; status: string };

const productAt = async (url: string | undefined, id: string) =>
  (await at(url, customer).get<{ product: Product | null }>(productQuery, { id })).product;
const listedAt = async (url: string | undefined, id: string) =>
  (await at(url, customer).get<{ products: { nodes: Product[] } }>(listQuery)).products.nodes.find(
    (one) => one.id === id,
  );
const orderAt = async (url: string | undefined, id: string, by: Person = customer) =>
  (await at(url, by).get<{ order: Order | null }>(orderQuery, { id })).order;
const statusListedAt = async (url: string | undefined, id: string) =>
  (await at(url, customer).get<{ orders: { nodes: Order[] } }>(ordersQuery)).orders.nodes.find((one) => one.id === id)
    ?.status;
const place = async (productId: string) => {
  const input = { orderProducts: [{ productId, quantity: 1 }] };
  return (await at(urls[0], customer).get<{ placeOrder: { id: string } }>(placeOrder, { input })).placeOrder.id;
};

t.test("a changed price is visible at every replica, alone and in lists", async (t) => {
  const id = await newProduct(shop, { price: 1000 });
  for (const url of urls) {
    await eventually("the new product in the list", () => listedAt(url, id));
    t.equal((await productAt(url, id))?.price, 1000);
  }
  await at(urls[0], shop).get(change, { input: { id, price: 1100 } });
  t.equal((await productAt(urls[0], id))?.price, 1100, "at once at the replica that changed it");
  t.equal((await listedAt(urls[0], id))?.price, 1100);
  await eventually("the price at the other replica", async () => (await productAt(urls[1], id))?.price === 1100);
  await eventually("and in its list", async () => (await listedAt(urls[1], id))?.price === 1100);
});

t.test("the stock that remains after an order is visible at every replica", async (t) => {
  const id = await newProduct(shop, { stock: 10 });
  for (const url of urls) t.equal((await productAt(url, id))?.stock, 10);
  await place(id);
  t.equal((await productAt(urls[0], id))?.stock, 9, "at once at the replica that placed the order");
  await eventually("the stock at the other replica", async () => (await productAt(urls[1], id))?.stock === 9);
});

t.test("a product that is deleted is gone at every replica", async (t) => {
  const id = await newProduct(shop);
  for (const url of urls) t.ok(await productAt(url, id));
  await at(urls[0], shop).get("mutation($input: UpdateInventoryInput!) { updateInventory(input: $input) { id } }", {
    input: { id, type: "DELETE" },
  });
  t.equal(await productAt(urls[0], id), null);
  await eventually("gone at the other replica", async () => (await productAt(urls[1], id)) === null);
});

t.test("a cancelled order is cancelled at every replica, alone and in lists", async (t) => {
  const id = await place(await newProduct(shop));
  for (const url of urls) {
    await eventually("the order in the list", () => statusListedAt(url, id));
    t.equal((await orderAt(url, id))?.status, "PENDING_PAYMENT");
  }
  await at(urls[0], customer).get(cancel, { input: { id } });
  t.equal((await orderAt(urls[0], id))?.status, "CANCELLED", "at once at the replica that cancelled it");
  t.equal(await statusListedAt(urls[0], id), "CANCELLED");
  await eventually("cancelled at the other", async () => (await orderAt(urls[1], id))?.status === "CANCELLED");
  await eventually("and in its list", async () => (await statusListedAt(urls[1], id)) === "CANCELLED");
});

t.test("a cached order is visible only to its account and to admins", async (t) => {
  const id = await place(await newProduct(shop));
  const stranger = await newCustomer(system.gatewayUrl);
  t.ok(await orderAt(urls[0], id), "cached now");
  t.equal(await orderAt(urls[0], id, stranger), null);
  t.ok(await orderAt(urls[0], id, shop));
  t.same((await at(urls[0], stranger).get<{ orders: { nodes: Order[] } }>(ordersQuery)).orders.nodes, []);
  const nobody = new Person(urls[0] ?? "");
  t.equal(await nobody.refusal(orderQuery, { id }), "UNAUTHENTICATED");
  t.equal(await nobody.refusal(ordersQuery), "UNAUTHENTICATED");
  const forged = new Person(urls[0] ?? "", `${customer.token?.slice(0, -6)}AAAAAA`);
  t.equal(await forged.refusal(orderQuery, { id }), "UNAUTHENTICATED");
});

t.test("a change without an event becomes visible when the entry expires", async (t) => {
  for (const name of replicas) await system.restart(name, { SIDECART_CACHE_MS: String(boundMs) });
  const id = await newProduct(shop, { price: 1000 });
  for (const url of urls) {
    t.equal((await productAt(url, id))?.price, 1000);
    t.equal((await listedAt(url, id))?.price, 1000);
  }
  // Committed past the service, so that there is no event.
  await ask(
    system.databaseUrl("catalog"),
    `update products set price = 1200, version = version + 1 where id = '${id}'`,
  );
  for (const url of urls) {
    t.equal((await productAt(url, id))?.price, 1000, "still from the cache");
    t.equal((await listedAt(url, id))?.price, 1000);
  }
  const current = async (url: string) =>
    (await productAt(url, id))?.price === 1200 && (await listedAt(url, id))?.price === 1200;
  for (const url of urls) await eventually("the current price", () => current(url), boundMs);
});
