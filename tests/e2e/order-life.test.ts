import t from "tap";
import { as, behindSidecar, codeOf } from "../support/direct.ts";
import { eventually } from "../support/eventually.ts";
import { admin, newCustomer, newProduct, placeOrder } from "../support/people.ts";
import { stockOracle } from "../support/stock.ts";
import { startSystem } from "../support/system.ts";

type Life = { status: string; paymentStatus: string; history: { from: string | null; to: string; actor: string }[] };

const system = await startSystem(t);
const shop = await admin(system.gatewayUrl);
const customer = await newCustomer(system.gatewayUrl);
const { stockOf, orders, catalog } = await stockOracle(t, system);

const cancel = "mutation($input: CancelOrderInput!) { cancelOrder(input: $input) { status } }";
const markPaid = "mutation($input: MarkOrderPaidInput!) { markOrderPaid(input: $input) { status paymentStatus } }";
const lifeQuery = `query($id: ID!) {
  order(id: $id) { status paymentStatus history { from to actor reason } }
}`;

async function newOrder(quantity: number, stock = 10): Promise<{ id: string; product: string }> {
  const product = await newProduct(shop, { stock });
  const input = { orderProducts: [{ productId: product, quantity }] };
  const { placeOrder: placed } = await customer.get<{ placeOrder: { id: string } }>(placeOrder, { input });
  return { id: placed.id, product };
}
const lifeOf = async (id: string) => (await customer.get<{ order: Life }>(lifeQuery, { id })).order;
const stockReaches = (product: string, wanted: { onHand: number; reserved: number }, withinMs?: number) =>
  eventually(
    `stock ${JSON.stringify(wanted)}`,
    async () => {
      const { onHand, reserved } = await stockOf(product);
      return onHand === wanted.onHand && reserved === wanted.reserved;
    },
    withinMs,
  );

t.test("a cancelled order releases its stock", async (t) => {
  const { id, product } = await newOrder(4);
  t.match(await stockOf(product), { onHand: 10, reserved: 4 });
  const answer = await customer.get(cancel, { input: { id, reason: "changed my mind" } });
  t.same(answer, { cancelOrder: { status: "CANCELLED" } });
  await stockReaches(product, { onHand: 10, reserved: 0 });
});

t.test("a paid order lowers the stock and leaves no reservation", async (t) => {
  const { id, product } = await newOrder(4);
  t.same(await shop.get(markPaid, { input: { id } }), { markOrderPaid: { status: "PAID", paymentStatus: "PAID" } });
  await stockReaches(product, { onHand: 6, reserved: 0 });
});

t.test("an order that is paid and then cancelled returns its stock", async (t) => {
  const { id, product } = await newOrder(4);
  await shop.get(markPaid, { input: { id } });
  await stockReaches(product, { onHand: 6, reserved: 0 });
  t.same(await customer.get(cancel, { input: { id } }), { cancelOrder: { status: "CANCELLED" } });
  await stockReaches(product, { onHand: 10, reserved: 0 });
});

t.test("an order that is paid and cancelled at once returns its stock, in any order of the events", async () => {
  const heard = async () => {
    const rows = await catalog<{ handler: string; count: number }>(
      "select handler, count(*)::int as count from inbox group by handler",
    );
    const counts = new Map(rows.map(({ handler, count }) => [handler, count]));
    return Math.min(counts.get("sell") ?? 0, counts.get("release") ?? 0);
  };
  const before = await heard();
  const some = await Promise.all(Array.from({ length: 8 }, () => newOrder(4)));
  const both = async (id: string) => {
    await shop.get(markPaid, { input: { id } });
    await customer.get(cancel, { input: { id } });
  };
  await Promise.all(some.map(({ id }) => both(id)));
  await eventually("both events of each order to be handled", async () => (await heard()) >= before + some.length);
  for (const { product } of some) await stockReaches(product, { onHand: 10, reserved: 0 });
});

t.test("an order has its customer's name once orders has received it", async () => {
  const { id } = await newOrder(1);
  const read = "query($id: ID!) { order(id: $id) { username } }";
  const name = async () => (await shop.get<{ order: { username: string | null } }>(read, { id })).order.username;
  await eventually("the name", async () => (await name()) === "Somebody");
  await orders("delete from known_accounts where id = $1", [customer.id]);
  await eventually("no name", async () => (await name()) === null);
});

t.test("a call returns at most 100 rows and accepts at most 200 ids", async (t) => {
  const services = behindSidecar(t, system);
  const me = as(shop.token);
  const ids = (count: number) => Array.from({ length: count }, () => crypto.randomUUID());
  t.same(
    {
      orders: await codeOf(services.orders.listOrders({ first: 100 }, me)),
      moreOrders: await codeOf(services.orders.listOrders({ first: 101 }, me)),
      ordersById: await codeOf(services.orders.getOrders({ ids: ids(200) }, me)),
      moreOrdersById: await codeOf(services.orders.getOrders({ ids: ids(201) }, me)),
      accounts: await codeOf(services.accounts.listAccounts({ first: 100 }, me)),
      moreAccounts: await codeOf(services.accounts.listAccounts({ first: 101 }, me)),
      accountsById: await codeOf(services.accounts.getAccounts({ ids: ids(200) }, me)),
      moreAccountsById: await codeOf(services.accounts.getAccounts({ ids: ids(201) }, me)),
    },
    {
      orders: "OK",
      moreOrders: "BAD_INPUT",
      ordersById: "OK",
      moreOrdersById: "BAD_INPUT",
      accounts: "OK",
      moreAccounts: "BAD_INPUT",
      accountsById: "OK",
      moreAccountsById: "BAD_INPUT",
    },
  );
});

t.test("only an admin marks an order as paid", async (t) => {
  const { id } = await newOrder(1);
  t.equal(await customer.refusal(markPaid, { input: { id } }), "FORBIDDEN");
  t.match(await lifeOf(id), { status: "PENDING_PAYMENT", paymentStatus: "PENDING" });
});

t.test("a cancelled order cannot be paid, nor cancelled again", async (t) => {
  const { id, product } = await newOrder(4);
  await customer.get(cancel, { input: { id } });
  t.equal(await shop.refusal(markPaid, { input: { id } }), "ILLEGAL_TRANSITION");
  t.equal(await customer.refusal(cancel, { input: { id } }), "ILLEGAL_TRANSITION");
  await stockReaches(product, { onHand: 10, reserved: 0 });
  t.match(await lifeOf(id), { status: "CANCELLED" });
});

t.test("of concurrent payments of one order one wins", async (t) => {
  const { id, product } = await newOrder(4);
  const answers = await Promise.all(Array.from({ length: 8 }, () => shop.ask(markPaid, { input: { id } })));
  const refused = answers.flatMap(({ errors }) => errors.map(({ extensions }) => extensions.code));
  t.same(refused, Array(7).fill("ILLEGAL_TRANSITION"));
  await stockReaches(product, { onHand: 6, reserved: 0 });
});

for (const status of ["preparing", "ready", "assigned", "picked_up", "delivered", "expired"]) {
  t.test(`an order that is ${status} cannot be cancelled, not even by an admin`, async (t) => {
    const { id, product } = await newOrder(2);
    await orders("update orders set status = $2 where id = $1", [id, status]);
    for (const person of [customer, shop]) {
      const { status: http, errors } = await person.ask(cancel, { input: { id } });
      const extensions = { code: "ILLEGAL_TRANSITION", from: status.toUpperCase(), to: "CANCELLED" };
      t.match({ http, errors }, { http: 409, errors: [{ extensions }] });
    }
    t.match(await stockOf(product), { reserved: 2 });
  });
}

t.test("a history has every step with its actor and reason", async (t) => {
  const { id } = await newOrder(1);
  await shop.get(markPaid, { input: { id } });
  await customer.get(cancel, { input: { id, reason: "too late" } });
  const { history } = await lifeOf(id);
  t.match(history, [
    { from: null, to: "PENDING_PAYMENT", actor: customer.id, reason: "placed" },
    { from: "PENDING_PAYMENT", to: "PAID", reason: "marked paid by an admin" },
    { from: "PAID", to: "CANCELLED", actor: customer.id, reason: "too late" },
  ]);
  t.equal(history.length, 3);
});

t.test("an order that is not paid within 15 minutes expires and releases its stock", async (t) => {
  const [late, young] = [await newOrder(4), await newOrder(3)];
  const age = "update orders set created_at = now() - $2::interval where id = $1";
  await orders(age, [late.id, "15 minutes 1 second"]);
  await orders(age, [young.id, "14 minutes"]);
  await stockReaches(late.product, { onHand: 10, reserved: 0 }, 30_000);
  t.match(await lifeOf(late.id), { status: "EXPIRED", paymentStatus: "NONE", history: [{}, { actor: "orders" }] });
  t.equal(await shop.refusal(markPaid, { input: { id: late.id } }), "ILLEGAL_TRANSITION");
  t.match(await lifeOf(young.id), { status: "PENDING_PAYMENT" });
  t.match(await stockOf(young.product), { reserved: 3 });
});
