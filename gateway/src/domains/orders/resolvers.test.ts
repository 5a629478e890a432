import { badFields, toFailure } from "@sidecart/platform/rpc";
import t from "tap";
import { startApi } from "../../../../tests/support/gateway.ts";

const productId = "019a0000-0000-7000-8000-000000000001";
const place = "mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { id } }";
const input = { orderProducts: [{ productId, quantity: 1 }] };

t.test("a refused order states the reason and the products that caused it", async (t) => {
  for (const [code, productIds, status] of [
    ["OUT_OF_STOCK", [productId], 409],
    ["PRODUCT_NOT_FOUND", [productId], 404],
    ["IDEMPOTENCY_CONFLICT", [], 409],
  ] as const) {
    const refusal = { code, message: "Why.", productIds: [...productIds] };
    const outcomes = [{ result: { case: "refusal", value: refusal } }];
    const { ask } = await startApi(t, { "orders.placeOrders": () => ({ outcomes }) });
    const { status: answered, errors } = await ask(place, { input });
    t.equal(answered, status);
    t.same(errors[0]?.extensions, productIds.length > 0 ? { productIds, code } : { code });
  }
});

t.test("fields that a service refuses have the names of the API", async (t) => {
  const bad = badFields([
    { field: "lines.0.productId", problem: "Invalid UUID" },
    { field: "idempotencyKey", problem: "Too big" },
    { field: "lines", problem: "Too small" },
  ]);
  const { ask } = await startApi(t, {
    "orders.placeOrders": () => ({ outcomes: [{ result: { case: "failure", value: toFailure(bad) } }] }),
  });
  const { errors } = await ask(place, { input });
  t.match(errors, [
    { message: "orderProducts.0.productId: Invalid UUID; idempotencyKey: Too big; orderProducts: Too small" },
  ]);
});

t.test("the remaining stock is visible at once to the caller who placed the order", async (t) => {
  let stock = 2;
  const { ask } = await startApi(
    t,
    {
      "catalog.getProducts": () => ({ products: [{ id: productId, stock, version: stock }] }),
      "orders.placeOrders": () => {
        stock -= 1;
        const value = { id: productId, status: "pending_payment", paymentStatus: "pending" };
        return { outcomes: [{ result: { case: "order", value } }] };
      },
    },
    { cacheMs: 60_000 },
  );
  const read = async () => (await ask(`{ product(id: "${productId}") { stock } }`)).data;
  t.same(await read(), { product: { stock: 2 } });
  t.equal(
    (await ask(place, { input: { orderProducts: [{ productId: productId.toUpperCase(), quantity: 1 }] } })).status,
    200,
  );
  t.same(await read(), { product: { stock: 1 } });
});
