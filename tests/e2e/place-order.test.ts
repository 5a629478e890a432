import { randomUUID } from "node:crypto";
import t from "tap";
import { admin, newCustomer, newProduct, placeOrder } from "../support/people.ts";
import { stockOracle } from "../support/stock.ts";
import { startSystem } from "../support/system.ts";

type Placed = { placeOrder: Record<string, unknown> & { id: string; priceTotal: number; quantity: number } };

const system = await startSystem(t);
const shop = await admin(system.gatewayUrl);
const customer = await newCustomer(system.gatewayUrl);
const { stockOf, ordersOf } = await stockOracle(t, system);

const order = (lines: [string, number][], idempotencyKey?: string) => ({
  input: { orderProducts: lines.map(([productId, quantity]) => ({ productId, quantity })), idempotencyKey },
});
const place = (lines: [string, number][], key?: string) => customer.ask<Placed>(placeOrder, order(lines, key));
const refusal = (lines: [string, number][], key?: string) => customer.refusal(placeOrder, order(lines, key));

t.test("of 64 parallel orders for a stock of 50, 50 are accepted and 14 get OUT_OF_STOCK", async (t) => {
  const product = await newProduct(shop, { stock: 50 });
  const answers = await Promise.all(Array.from({ length: 64 }, () => place([[product, 1]])));
  const accepted = answers.filter(({ data }) => data !== null);
  const refused = answers.filter(({ data }) => data === null);
  t.equal(accepted.length, 50);
  t.equal(refused.length, 14);
  for (const { status, errors } of refused) {
    t.match(
      { status, errors },
      { status: 409, errors: [{ extensions: { code: "OUT_OF_STOCK", productIds: [product] } }] },
    );
  }
  t.same(await stockOf(product), { onHand: 50, reserved: 50, promised: 50, reservations: 50 });
  t.equal((await ordersOf(product)).length, 50);
  t.equal(new Set(accepted.map(({ data }) => data?.placeOrder.id)).size, 50);
});

t.test("orders of several units never exceed the stock", async (t) => {
  const product = await newProduct(shop, { stock: 20 });
  const answers = await Promise.all(Array.from({ length: 24 }, (_, at) => place([[product, 1 + (at % 3)]])));
  const sold = answers.reduce((sum, { data }) => sum + (data?.placeOrder.quantity ?? 0), 0);
  t.ok(sold <= 20, `${sold} of 20`);
  t.ok(sold >= 18, "no order was refused that would have fitted");
  t.match(await stockOf(product), { onHand: 20, reserved: sold, promised: sold });
});

t.test("200 parallel calls with one idempotency key place one order and get the same response", async (t) => {
  // No spare unit: a call that did not recognise its own reservation would be refused.
  const product = await newProduct(shop, { stock: 2 });
  const key = randomUUID();
  const answers = await Promise.all(Array.from({ length: 200 }, () => place([[product, 2]], key)));
  t.same(
    answers.flatMap(({ errors }) => errors),
    [],
  );
  t.equal(new Set(answers.map(({ data }) => JSON.stringify(data))).size, 1);
  t.same(await stockOf(product), { onHand: 2, reserved: 2, promised: 2, reservations: 1 });
  t.equal((await ordersOf(product)).length, 1);
});

t.test("a key of another order is refused and reserves nothing", async (t) => {
  const [product, other] = [await newProduct(shop), await newProduct(shop)];
  const key = randomUUID();
  const first = await place([[product, 2]], key);
  t.equal(await refusal([[product, 3]], key), "IDEMPOTENCY_CONFLICT");
  t.equal(await refusal([[other, 2]], key), "IDEMPOTENCY_CONFLICT");
  t.same(await place([[product, 2]], key), first, "the first order is returned again");
  t.match(await stockOf(product), { reserved: 2 });
  t.match(await stockOf(other), { reserved: 0 });
});

t.test("errors in an order have the API's field names, also in a batch", async (t) => {
  const product = await newProduct(shop);
  const fieldsOf = async (answer: ReturnType<typeof place>) => {
    const { errors } = await answer;
    return errors.map(({ extensions }) => extensions?.fields);
  };
  const wrong = () => fieldsOf(place([[product, -1]]));
  const quantity = [[{ field: "orderProducts.0.quantity" }]];
  t.match(await wrong(), quantity);
  const among = await Promise.all([place([[product, 1]]), wrong(), wrong(), place([[product, 1]]), wrong()]);
  for (const fields of [among[1], among[2], among[4]]) t.match(fields, quantity);
  t.match(await fieldsOf(place([])), [[{ field: "orderProducts" }]]);
  for (const key of ["", " ", "\t", "\n", "\u00a0", "\u3164"]) {
    const refused = await fieldsOf(place([[product, 1]], key));
    t.match(refused, [[{ field: "idempotencyKey" }]], "such a key would protect from nothing");
  }
  t.equal((await stockOf(product)).reserved, 2, "and nothing was ordered");
});

t.test("two customers may use the same key", async (t) => {
  const product = await newProduct(shop);
  const key = randomUUID();
  const mine = await place([[product, 1]], key);
  const other = await newCustomer(system.gatewayUrl);
  const theirs = await other.get<Placed>(placeOrder, order([[product, 3]], key));
  t.not(mine.data?.placeOrder.id, theirs.placeOrder.id);
});

t.test("a refused order can be retried with its key once there is stock", async (t) => {
  const product = await newProduct(shop, { stock: 0 });
  const key = randomUUID();
  t.equal(await refusal([[product, 1]], key), "OUT_OF_STOCK");
  const more = "mutation($input: UpdateInventoryInput!) { updateInventory(input: $input) { stock } }";
  await shop.get(more, { input: { id: product, type: "ADD", number: 1 } });
  t.match(await place([[product, 1]], key), { status: 200, errors: [] });
});

t.test("an order of several products is all or nothing", async (t) => {
  const [plenty, scarce] = [await newProduct(shop, { stock: 10 }), await newProduct(shop, { stock: 1 })];
  t.equal(
    await refusal([
      [plenty, 3],
      [scarce, 2],
    ]),
    "OUT_OF_STOCK",
  );
  t.match(await stockOf(plenty), { reserved: 0, reservations: 0 });
  const answer = await place([
    [plenty, 3],
    [scarce, 1],
  ]);
  t.match(answer.data?.placeOrder, { quantity: 4, priceTotal: 4000 });
  t.match(await stockOf(plenty), { reserved: 3 });
  t.match(await stockOf(scarce), { reserved: 1 });
});

t.test("two lines of one product count together", async (t) => {
  const product = await newProduct(shop, { stock: 5 });
  t.equal(
    await refusal([
      [product, 3],
      [product, 3],
    ]),
    "OUT_OF_STOCK",
  );
  // An id in upper case is the same product.
  const answer = await place([
    [product, 2],
    [product.toUpperCase(), 3],
  ]);
  t.match(answer.data?.placeOrder, { quantity: 5, orderProducts: [{ productId: product, quantity: 5, price: 1000 }] });
  t.match(await stockOf(product), { reserved: 5 });
});

t.test("an order with an unknown product is refused with its id, and reserves nothing", async (t) => {
  const [product, unknown] = [await newProduct(shop), randomUUID()];
  const { status, errors } = await place([
    [product, 1],
    [unknown, 1],
  ]);
  t.match(
    { status, errors },
    { status: 404, errors: [{ extensions: { code: "PRODUCT_NOT_FOUND", productIds: [unknown] } }] },
  );
  t.match(await stockOf(product), { reserved: 0 });
});

t.test("an order in two currencies is refused and releases its reservations", async (t) => {
  const [euros, yen] = [await newProduct(shop, { currency: "EUR" }), await newProduct(shop, { currency: "JPY" })];
  t.equal(
    await refusal([
      [euros, 1],
      [yen, 1],
    ]),
    "MIXED_CURRENCIES",
  );
  t.match(await stockOf(euros), { reserved: 0 });
  t.match(await stockOf(yen), { reserved: 0 });
});

t.test("a key of refused orders works for a good order, for a limited time", async (t) => {
  const [euros, yen] = [await newProduct(shop, { currency: "EUR" }), await newProduct(shop, { currency: "JPY" })];
  const mixed: [string, number][] = [
    [euros, 1],
    [yen, 1],
  ];
  const [key, worn] = [randomUUID(), randomUUID()];
  for (let turn = 0; turn < 4; turn += 1) t.equal(await refusal(mixed, key), "MIXED_CURRENCIES");
  const placed = await place([[euros, 1]], key);
  t.match(placed, { status: 200, errors: [] });
  t.same(await place([[euros, 1]], key), placed, "and stays");
  for (let turn = 0; turn < 5; turn += 1) t.equal(await refusal(mixed, worn), "MIXED_CURRENCIES");
  t.equal(await refusal([[euros, 1]], worn), "IDEMPOTENCY_KEY_EXHAUSTED");
  t.match(await stockOf(euros), { reserved: 1 });
});

t.test("the price of an order is the price when it was placed", async (t) => {
  const product = await newProduct(shop, { price: 700 });
  const { data } = await place([[product, 2]]);
  const change = "mutation($input: UpdateProductInput!) { updateProduct(input: $input) { price } }";
  await shop.get(change, { input: { id: product, price: 900 } });
  const read = "query($id: ID!) { order(id: $id) { priceTotal orderProducts { price product { price } } } }";
  t.same(await customer.get(read, { id: data?.placeOrder.id }), {
    order: { priceTotal: 1400, orderProducts: [{ price: 700, product: { price: 900 } }] },
  });
});
