import t from "tap";
import { startApi } from "../../tests/support/gateway.ts";

const productId = "019a0000-0000-7000-8000-000000000001";
const place = "mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { id } }";
const input = { orderProducts: [{ productId, quantity: 1 }] };

t.test("an order that is refused says why, and for which products where it is about some", async (t) => {
  for (const [code, productIds, status] of [
    ["OUT_OF_STOCK", [productId], 409],
    ["PRODUCT_NOT_FOUND", [productId], 404],
    ["IDEMPOTENCY_CONFLICT", [], 409],
  ] as const) {
    const refusal = { code, message: "Why.", productIds };
    const outcomes = [{ result: { case: "refusal", value: refusal } }];
    const { ask } = await startApi(t, { "orders.placeOrders": () => ({ outcomes }) });
    const { status: answered, errors } = await ask(place, { input });
    t.equal(answered, status);
    t.same(errors[0]?.extensions, productIds.length > 0 ? { productIds, code } : { code });
  }
});
