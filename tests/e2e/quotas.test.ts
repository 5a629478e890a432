import { randomUUID } from "node:crypto";
import t from "tap";
import { eventually } from "../support/eventually.ts";
import type { Person } from "../support/graphql.ts";
import { admin, newCustomer, newProduct, placeOrder } from "../support/people.ts";
import { stockOracle } from "../support/stock.ts";
import { startSystem } from "../support/system.ts";

const system = await startSystem(t, {
  env: {
    orders: {
      SIDECART_QUOTA_OPEN_ORDERS: "7",
      SIDECART_QUOTA_LINE_UNITS: "10",
      SIDECART_QUOTA_ORDER_UNITS: "15",
      SIDECART_QUOTA_PRODUCT_UNITS: "12",
      SIDECART_QUOTA_ORDERS_PER_HOUR: "20",
    },
  },
});
const { gatewayUrl } = system;
const shop = await admin(gatewayUrl);
const { stockOf } = await stockOracle(t, system);

const inputOf = (...lines: [string, number][]) => ({
  orderProducts: lines.map(([productId, quantity]) => ({ productId, quantity })),
  idempotencyKey: randomUUID(),
});
const place = (by: Person, ...lines: [string, number][]) =>
  by.ask<{ placeOrder: { id: string } }>(placeOrder, { input: inputOf(...lines) });
const refusal = (by: Person, ...lines: [string, number][]) => by.refusal(placeOrder, { input: inputOf(...lines) });
const cancel = "mutation($input: CancelOrderInput!) { cancelOrder(input: $input) { id } }";
const codesOf = (errors: readonly { extensions?: { code?: string } }[]) =>
  new Set(errors.map(({ extensions }) => extensions?.code));

t.test("80 orders in one request: the account reserves its quota", async (t) => {
  const [customer, product] = [await newCustomer(gatewayUrl), await newProduct(shop, { stock: 1_000 })];
  const fields = Array.from({ length: 80 }, (_, place) => `a${place}: placeOrder(input: $i) { id }`);
  const mutation = `mutation($i: PlaceOrderInput!) { ${fields.join(" ")} }`;
  const { errors } = await customer.ask(mutation, { i: { orderProducts: [{ productId: product, quantity: 1 }] } });
  t.same(codesOf(errors), new Set(["TOO_MANY_OPEN_ORDERS"]));
  t.match(await stockOf(product), { reserved: 7, reservations: 7 });
});

t.test("64 requests at once: the account reserves its quota, of orders and of units", async (t) => {
  for (const [units, reserved, orders, code] of [
    [1, 7, 7, "TOO_MANY_OPEN_ORDERS"],
    [5, 10, 2, "TOO_MANY_UNITS"],
  ] as const) {
    const [customer, product] = [await newCustomer(gatewayUrl), await newProduct(shop, { stock: 1_000 })];
    const answers = await Promise.all(Array.from({ length: 64 }, () => place(customer, [product, units])));
    t.equal(answers.filter(({ data }) => data).length, orders);
    t.same(codesOf(answers.flatMap(({ errors }) => errors)), new Set([code]));
    t.match(await stockOf(product), { reserved, reservations: orders });
  }
});

t.test("an order that is too large is refused, and reserves nothing", async (t) => {
  const customer = await newCustomer(gatewayUrl);
  const [tea, cup] = [await newProduct(shop, { stock: 100 }), await newProduct(shop, { stock: 100 })];
  const large = await place(customer, [tea, 6], [cup, 1], [tea.toUpperCase(), 5]);
  t.match(large, { status: 409, errors: [{ extensions: { code: "LINE_TOO_LARGE", productIds: [tea] } }] });
  t.equal(await refusal(customer, [tea, 8], [cup, 8]), "ORDER_TOO_LARGE");
  t.match([await stockOf(tea), await stockOf(cup)], [{ reserved: 0 }, { reserved: 0 }]);
});

t.test("a paid or cancelled order frees the quota, but orders in an hour are limited", async (t) => {
  const [customer, product] = [await newCustomer(gatewayUrl), await newProduct(shop, { stock: 1_000 })];
  let placed = 0;
  const next = async () => {
    const { data, errors } = await place(customer, [product, 1]);
    if (!data) throw new Error(JSON.stringify(errors));
    placed += 1;
    return data.placeOrder.id;
  };
  while (placed < 19) {
    // The stock of a cancelled order is released by an event.
    const id = await eventually("room for another order", next);
    await customer.get(cancel, { input: { id } });
  }
  const paid = await eventually("room for another order", next);
  await shop.get("mutation($input: MarkOrderPaidInput!) { markOrderPaid(input: $input) { id } }", {
    input: { id: paid },
  });
  await eventually("all other orders released", async () => (await stockOf(product)).reserved === 0);
  const refused = await place(customer, [product, 1]);
  t.match(refused, { status: 429, errors: [{ extensions: { code: "TOO_MANY_ORDERS" } }] });
  t.match(await place(await newCustomer(gatewayUrl), [product, 1]), { status: 200 }, "another account is not affected");
});
