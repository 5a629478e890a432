import fc from "fast-check";
import t from "tap";
import { asPlaced, comesFrom, type Order, type OrderLine, type Status, statuses, toProto, totals } from "./order.ts";

/** Repeated here from the design, not taken from the code. */
const legal = new Set([
  "pending_payment → paid",
  "paid → preparing",
  "preparing → ready",
  "ready → assigned",
  "assigned → picked_up",
  "picked_up → delivered",
  "pending_payment → cancelled",
  "paid → cancelled",
  "pending_payment → expired",
]);

t.test("of all pairs of statuses exactly those of the design are allowed", async (t) => {
  t.equal(statuses.length, 9);
  for (const from of statuses) {
    for (const to of statuses) {
      const sources: readonly Status[] = to in comesFrom ? comesFrom[to as keyof typeof comesFrom] : [];
      t.equal(sources.includes(from), legal.has(`${from} → ${to}`), `${from} → ${to}`);
    }
  }
});

t.test("a final status is final, and every status is reachable", async (t) => {
  const sources = Object.values(comesFrom).flat() as Status[];
  for (const end of ["delivered", "cancelled", "expired"] as const) t.notOk(sources.includes(end), end);
  const reached = new Set<Status>(["pending_payment"]);
  for (const [to, from] of Object.entries(comesFrom))
    if (from.some((one) => reached.has(one))) reached.add(to as Status);
  t.same(reached, new Set(statuses));
});

const line = fc.record({
  productId: fc.constant("p"),
  name: fc.constant("n"),
  quantity: fc.integer({ min: 1, max: 100_000_000 }),
  price: fc.integer({ min: 0, max: 1_000_000_000_000 }),
});

t.test("totals are exact, or undefined", async (t) => {
  const most = 1_000_000_000_000;
  fc.assert(
    fc.property(fc.array(line, { maxLength: 100 }), (lines) => {
      const exact = lines.reduce((sum, { quantity, price }) => sum + BigInt(quantity) * BigInt(price), 0n);
      const quantity = lines.reduce((sum, one) => sum + one.quantity, 0);
      const fits = exact <= BigInt(most) && quantity <= 2 ** 31 - 1;
      t.same(totals(lines, most), fits ? { quantity, priceTotal: Number(exact) } : undefined);
    }),
  );
  const one: OrderLine = { productId: "p", name: "n", quantity: 1, price: most };
  t.same(totals([one], most), { quantity: 1, priceTotal: most });
  t.equal(totals([one, { ...one, price: 1 }], most), undefined);
  t.same(totals([{ ...one, price: 0 }], most), { quantity: 1, priceTotal: 0 }, "free products can be ordered");
});

const order: Order = {
  id: "o",
  username: "Ann",
  accountId: "a",
  status: "cancelled",
  paymentStatus: "refunded",
  quantity: 2,
  priceTotal: 1_000_000_000_000,
  currency: "EUR",
  lines: [{ productId: "p", name: "n", quantity: 2, price: 500_000_000_000 }],
  version: 4,
  createdAt: "2026-03-01T12:00:00.000Z",
};

t.test("a repeated response shows the order as it was placed", async (t) => {
  t.same(asPlaced(order), { ...order, status: "pending_payment", paymentStatus: "pending", version: 1 });
});

t.test("amounts are 64-bit integers on the wire", async (t) => {
  t.match(toProto(order), { priceTotal: 1_000_000_000_000n, lines: [{ price: 500_000_000_000n, quantity: 2 }] });
});
