import fc from "fast-check";
import t from "tap";
import { type Line, mergeLines, sameLines } from "./reservation.ts";

const lines = fc.array(
  fc.record({ productId: fc.constantFrom("a", "b", "c", "d"), quantity: fc.integer({ min: 1, max: 9 }) }),
);
const units = (some: readonly Line[], productId: string) =>
  some.filter((line) => line.productId === productId).reduce((sum, line) => sum + line.quantity, 0);

t.test("merged lines have each product once, with all its units, in the original order", async (t) => {
  fc.assert(
    fc.property(lines, (some) => {
      const merged = mergeLines(some);
      const products = [...new Set(some.map(({ productId }) => productId))];
      t.same(
        merged,
        products.map((productId) => ({ productId, quantity: units(some, productId) })),
      );
      t.same(mergeLines(merged), merged);
    }),
  );
});

t.test("lines are equal in any order, and differ in any unit or product", async (t) => {
  fc.assert(
    fc.property(lines, lines, (one, two) => {
      const [made, requested] = [mergeLines(one), mergeLines(two)];
      t.ok(sameLines(made, made.toReversed()));
      const equal = ["a", "b", "c", "d"].every((productId) => units(one, productId) === units(two, productId));
      t.equal(sameLines(made, requested), equal);
      t.equal(sameLines(requested, made), equal);
    }),
  );
  t.notOk(sameLines([{ productId: "a", quantity: 1 }], []));
});
