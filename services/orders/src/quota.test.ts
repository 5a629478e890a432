import fc from "fast-check";
import t from "tap";
import { tooLarge } from "./quota.ts";

const quota = { openOrders: 1, lineUnits: 10, orderUnits: 25, productUnits: 1, ordersPerHour: 1 };
const line = (productId: string, quantity: number) => ({ productId, quantity });

t.test("an order within its quota is not too large", async (t) => {
  t.equal(tooLarge([line("tea", 10), line("cup", 10), line("pot", 5)], quota), undefined);
});

t.test("lines of one product count together", async (t) => {
  const refusal = tooLarge([line("tea", 6), line("cup", 10), line("tea", 5)], quota);
  t.match(refusal, { code: "LINE_TOO_LARGE", productIds: ["tea"] });
});

t.test("however an order is split into lines, it has no more units than its quota", async (t) => {
  const lines = fc.array(
    fc.record({ productId: fc.constantFrom("a", "b", "c", "d"), quantity: fc.integer({ min: 1, max: 12 }) }),
  );
  fc.assert(
    fc.property(lines, (some) => {
      const refused = tooLarge(some, quota) !== undefined;
      const units = (of: typeof some) => of.reduce((sum, { quantity }) => sum + quantity, 0);
      const dearest = Math.max(...["a", "b", "c", "d"].map((id) => units(some.filter((one) => one.productId === id))));
      t.equal(refused, dearest > 10 || units(some) > 25);
    }),
    { numRuns: 10_000 },
  );
});
