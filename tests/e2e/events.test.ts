import { apps } from "@sidecart/local/apps";
import t from "tap";
import { as, behindSidecar } from "../support/direct.ts";
import { eventually } from "../support/eventually.ts";
import { oracle } from "../support/oracle.ts";
import { admin, newCustomer, newPerson, newProduct, placeOrder } from "../support/people.ts";
import { amply } from "../support/quotas.ts";
import { stockOracle } from "../support/stock.ts";
import { startSystem } from "../support/system.ts";

type Row = Record<string, unknown>;
type Search = { searchProducts: { nodes: { id: string; price: number; stock: number }[]; totalCount: number } };

const system = await startSystem(t);
const { gatewayUrl } = system;
const shop = await admin(gatewayUrl);
const { catalog, orders } = await stockOracle(t, system);

const change = "mutation($input: UpdateProductInput!) { updateProduct(input: $input) { price } }";
const search = `query($query: String!, $filter: ProductFilter) {
  searchProducts(query: $query, filter: $filter) { totalCount nodes { id price stock } }
}`;
const found = async (query: string, filter = {}) =>
  (await shop.get<Search>(search, { query, filter })).searchProducts.nodes;
const rowOf = async (ask: (text: string, values: unknown[]) => Promise<Row[]>, text: string, id: string, wanted: Row) =>
  eventually(text, async () => {
    const [row] = await ask(text, [id]);
    return row !== undefined && Object.entries(wanted).every(([key, value]) => row[key] === value);
  });

t.test("orders knows new accounts, catalog knows new partners", async (t) => {
  const partner = await newPerson(gatewayUrl, "partner");
  await rowOf(orders, "select username from known_accounts where id = $1", partner.id, { username: "Somebody" });
  await rowOf(catalog, "select * from partners where account_id = $1", partner.id, { active: true });
  const input = { userId: partner.id, roles: ["CUSTOMER"] };
  await shop.get("mutation($input: GrantRolesInput!) { grantRoles(input: $input) { roles } }", { input });
  await rowOf(catalog, "select * from partners where account_id = $1", partner.id, { active: false });
  const orphan = { input: { name: "Orphan", price: 1, partnerId: partner.id } };
  const create = "mutation($input: CreateProductInput!) { createProduct(input: $input) { id } }";
  t.equal(await shop.refusal(create, orphan), "UNKNOWN_PARTNER");
});

t.test("a search finds a new product and its changes", async (t) => {
  const id = await newProduct(shop, { name: "Quince jelly", price: 500 });
  await eventually("quince in the index", async () => (await found("quince")).some((one) => one.id === id));

  await shop.get(change, { input: { id, price: 750, name: "Medlar jelly" } });
  await eventually(
    "medlar in the index",
    async () => (await found("medlar", { priceFrom: 750, priceTo: 750, currency: "EUR" })).length === 1,
  );
  t.match(await found("medlar"), [{ id, price: 750 }], "index and product agree");
  t.same(await found("quince"), [], "not by the old name");

  await shop.get("mutation($input: UpdateInventoryInput!) { updateInventory(input: $input) { id } }", {
    input: { id, type: "DELETE" },
  });
  await eventually("medlar gone", async () => (await found("medlar")).length === 0);
});

t.test("the filter inStock follows the stock", async (t) => {
  const id = await newProduct(shop, { name: "Rare truffle", stock: 1 });
  const inStock = async () => (await found("truffle", { inStock: true })).length;
  await eventually("truffle in stock", async () => (await inStock()) === 1);
  const input = { orderProducts: [{ productId: id, quantity: 1 }] };
  await (await newCustomer(gatewayUrl)).get(placeOrder, { input });
  await eventually("truffle sold out", async () => (await inStock()) === 0);
  t.match(await found("truffle"), [{ id, stock: 0 }], "it is still found without the filter");
  const more = "mutation($input: UpdateInventoryInput!) { updateInventory(input: $input) { stock } }";
  await shop.get(more, { input: { id, type: "ADD", number: 2 } });
  await eventually("truffle back in stock", async () => (await inStock()) === 1);
});

t.test("a reservation with an order does not expire", async (t) => {
  const id = await newProduct(shop, { stock: 3 });
  const input = { orderProducts: [{ productId: id, quantity: 1 }] };
  const { placeOrder: order } = await shop.get<{ placeOrder: { id: string } }>(placeOrder, { input });
  const [row] = await orders<{ id: string }>("select reservation_id as id from orders where id = $1", [order.id]);
  await rowOf(catalog, "select expires_at from reservations where id = $1", row?.id ?? "", { expires_at: null });

  // A reservation without an order, as after a crash of orders between the two steps.
  const reservationId = crypto.randomUUID();
  const { reservations } = behindSidecar(t, system, "orders");
  const lines = [{ productId: id, quantity: 2 }];
  const reservation = { reservationId, accountId: crypto.randomUUID(), lines };
  await reservations.reserve({ reservations: [reservation], quota: amply }, as());
  await catalog("update reservations set expires_at = now() where id = $1", [reservationId]);
  const text = "select status from reservations where id = $1";
  await rowOf(catalog, text, reservationId, { status: "expired" });
  t.same(await catalog("select on_hand - reserved as stock from products where id = $1", [id]), [{ stock: 2 }]);
});

t.test("in the end every outbox is empty and there are no dead letters", async (t) => {
  for (const { id: name } of apps.filter(({ database }) => database)) {
    const ask = await oracle(t, system.databaseUrl(name));
    await eventually(`${name}: outbox empty`, async () => (await ask("select 1 from outbox")).length === 0);
    t.same(await ask("select topic, error from dead_letters"), [], name);
  }
});
