import { StatementFailed } from "@sidecart/platform/database";
import type { WrittenRow } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import type { Role, Verifier } from "@sidecart/platform/rpc";
import { AppError, background, type CallContext, commonErrors } from "@sidecart/platform/rpc";
import { createLogger } from "@sidecart/platform/telemetry";
import t from "tap";
import { startReservations } from "../../../tests/support/reservations.ts";
import { startStore } from "../../../tests/support/store.ts";
import { rowsWritten } from "../../../tests/support/written-rows.ts";
import type { Deps } from "./deps.ts";
import { createOrderStore, type NewOrder } from "./order-store.ts";
import { placeOrders } from "./place-orders.ts";
import { createPlacementBatch, type PlacementDeps } from "./placement-batch.ts";

const soon = () => background(20_000);
const now = new Date("2026-03-01T12:00:00.123Z");
type Line = { productId: string; quantity: number };
type Answer =
  | { case: "order"; value: { id: string; accountId: string; status: string } }
  | { case: "refusal" | "failure"; value: { code: string } };

const idOf = (answer: Answer | undefined) => (answer?.case === "order" ? answer.value.id : undefined);

const { database, query, written } = await startStore(t, "orders");
const catalog = await startReservations(t, { now: () => now }, soon);

/** A customer with products: 100 units of each. */
async function shop({ price = 1_290 } = {}) {
  const accountId = newId();
  const [tea, cup, yen] = [
    await catalog.product(price),
    await catalog.product(500),
    await catalog.product(1_290, "JPY"),
  ] as const;
  const calls: string[][] = [];
  const openOnes = () => catalog.openOnes([tea, cup, yen]);
  /** An account id as the token authenticates that customer. */
  const require = async ({ authorization = accountId }: CallContext, ...anyOf: Role[]) => {
    if (authorization === "nobody") throw new AppError(commonErrors.unauthenticated);
    const role = authorization === "partner" ? "partner" : "customer";
    if (!anyOf.includes(role)) throw new AppError(commonErrors.forbidden);
    return { accountId: authorization, roles: [role], sessionId: newId() };
  };
  const placing = {
    orders: createOrderStore(database),
    reservations: catalog.client(calls),
    quota: { openOrders: 50, lineUnits: 1_000, orderUnits: 1_500, productUnits: 2_000, ordersPerHour: 100 },
    clock: { now: () => now },
    log: createLogger("orders", "silent"),
  } as unknown as PlacementDeps;
  /** The same dependencies with some of them replaced. */
  const depsWith = (other: object): Deps => {
    const changed = { ...placing, ...other } as PlacementDeps;
    const verifier = { require } as unknown as Verifier;
    return { ...changed, place: createPlacementBatch(changed), verifier };
  };
  const deps = depsWith({});
  const place = async (...placements: { lines: Line[]; idempotencyKey?: string; authorization?: string }[]) => {
    const outcomes = await placeOrders(deps, { placements }, soon());
    return outcomes.map((outcome) => ({ ...(outcome.result as Answer), replayed: outcome.replayed ?? false }));
  };
  const count = async () =>
    (
      await query<{ orders: number }>("select count(*)::int as orders from orders where account_id = $1", [accountId])
    )[0]?.orders;
  const { stock, release } = catalog;
  return { tea, cup, yen, calls, openOnes, stock, release, deps, depsWith, accountId, place, count };
}
const some = (productId: string, quantity = 1, idempotencyKey?: string) => ({
  lines: [{ productId, quantity }],
  idempotencyKey,
});

t.test("many placements are one call to catalog, and each has its own outcome", async (t) => {
  const { tea, cup, yen, place, calls, stock, count } = await shop();
  const answers = await place(some(tea, 2), some(tea, 1_000), some(cup), {
    lines: [...some(tea).lines, ...some(yen).lines],
  });
  t.match(answers, [
    { case: "order", value: { priceTotal: 2_580n, status: "pending_payment", createdAt: now.toISOString() } },
    { case: "refusal", value: { code: "OUT_OF_STOCK", productIds: [tea] } },
    { case: "order", value: { priceTotal: 500n } },
    { case: "refusal", value: { code: "MIXED_CURRENCIES" } },
  ]);
  t.equal(calls.length, 1);
  t.equal(await count(), 2);
  t.same(await Promise.all([tea, cup, yen].map(stock)), [98, 99, 100], "the refused placements released their stock");
});

t.test("placements of several users share a call, and an invalid one fails alone", async (t) => {
  const { tea, place, calls, accountId } = await shop();
  const [other, wrong] = [newId(), some("no id")];
  const answers = await place(
    some(tea, 1, "key"),
    { ...some(tea, 1, "key"), authorization: other },
    { ...some(tea), authorization: "nobody" },
    { ...some(tea), authorization: "partner" },
    wrong,
  );
  t.match(answers, [
    { case: "order", value: { accountId } },
    { case: "order", value: { accountId: other } },
    { case: "failure", value: { code: "UNAUTHENTICATED", status: "UNAUTHENTICATED" } },
    { case: "failure", value: { code: "FORBIDDEN", status: "PERMISSION_DENIED" } },
    { case: "failure", value: { code: "BAD_INPUT", details: /lines.0.productId/ } },
  ]);
  t.equal(calls.length, 1);
  const again = await place(some(tea, 1, "key"), { ...some(tea, 1, "key"), authorization: other });
  t.same(again.map(idOf), answers.slice(0, 2).map(idOf), "each finds its own order under the same key");
});

t.test("placements of several calls share a batch", async (t) => {
  const { tea, cup, place, calls } = await shop();
  await Promise.all([place(some(tea)), place(some(cup)), place(some(tea))]);
  t.match(calls, { length: 1 });
});

t.test("a placement over a quota is refused alone, and an order too large is not even sent to catalog", async (t) => {
  const { tea, cup, place, depsWith, calls, stock } = await shop();
  t.match(await place(some(tea, 1_001), { lines: [...some(tea, 900).lines, ...some(cup, 900).lines] }, some(cup)), [
    { case: "refusal", value: { code: "LINE_TOO_LARGE", productIds: [tea] } },
    { case: "refusal", value: { code: "ORDER_TOO_LARGE" } },
    { case: "order" },
  ]);
  t.match(calls, [{ length: 1 }]);
  const strict = { openOrders: 3, lineUnits: 10, orderUnits: 10, productUnits: 4, ordersPerHour: 100 };
  const placements = [some(tea, 3), some(tea, 2), some(tea), some(cup)];
  const outcomes = await placeOrders(depsWith({ quota: strict }), { placements }, soon());
  t.match(
    outcomes.map(({ result }) => result),
    [
      { case: "order" },
      { case: "refusal", value: { code: "TOO_MANY_UNITS", productIds: [tea] } },
      { case: "order" },
      { case: "refusal", value: { code: "TOO_MANY_OPEN_ORDERS", productIds: [] } },
    ],
  );
  t.same(await Promise.all([tea, cup].map(stock)), [96, 99]);
});

t.test("a retry returns its order, also when the quota has become smaller since", async (t) => {
  const { tea, cup, depsWith } = await shop();
  const placements = [some(tea, 3), some(cup, 3)].map((one, at) => ({ ...one, idempotencyKey: `key ${at}` }));
  const before = await placeOrders(depsWith({}), { placements }, soon());
  const strict = { openOrders: 1, lineUnits: 2, orderUnits: 2, productUnits: 1, ordersPerHour: 1 };
  const deps = depsWith({ quota: strict });
  const [other] = placements;
  const changed = { lines: some(tea, 4).lines, idempotencyKey: other?.idempotencyKey };
  const after = await placeOrders(deps, { placements: [...placements, changed, some(tea, 3)] }, soon());
  const idOf = ({ result }: (typeof before)[number]) => (result?.case === "order" ? result.value?.id : undefined);
  t.same(after.slice(0, 2).map(idOf), before.map(idOf));
  t.match(
    after.slice(2).map(({ result }) => result),
    [{ value: { code: "IDEMPOTENCY_CONFLICT" } }, { value: { code: "LINE_TOO_LARGE" } }],
  );
});

t.test("a total that is too large is refused, and its stock is released", async (t) => {
  const { tea, place, openOnes } = await shop({ price: 10 ** 12 });
  t.match(await place(some(tea, 2)), [{ case: "refusal", value: { code: "TOTAL_TOO_LARGE" } }]);
  t.same(await openOnes(), []);
  t.match(await place(some(tea, 1)), [{ case: "order", value: { priceTotal: 10n ** 12n } }]);
});

t.test(
  "a key has one order: repeated, concurrent, or twice in one call; with other lines it is a conflict",
  async (t) => {
    const { tea, cup, place, count, stock } = await shop();
    const [first] = await place(some(tea, 2, "key"));
    const [again] = await place(some(tea, 2, "key"));
    t.same({ ...again, replayed: false }, first);
    t.equal(again?.replayed, true);
    t.match(await place(some(tea, 3, "key")), [{ case: "refusal", value: { code: "IDEMPOTENCY_CONFLICT" } }]);
    const twice = await place(some(cup, 1, "two"), some(cup, 1, "two"), some(cup, 2, "two"));
    t.equal(idOf(twice[0]), idOf(twice[1]));
    t.match(twice[2], { case: "refusal", value: { code: "IDEMPOTENCY_CONFLICT" } });
    const many = await Promise.all(Array.from({ length: 20 }, () => place(some(cup, 1, "many"))));
    t.equal(new Set(many.map(([one]) => idOf(one))).size, 1);
    t.equal(await count(), 3);
    t.same(await Promise.all([tea, cup].map(stock)), [98, 98], "stock is reserved once for each");
  },
);

t.test("keys that differ in a space or in the form of an accent have an order each", async (t) => {
  const { tea, place, count } = await shop();
  const keys = ["k", " k", "k ", "caf\u00e9", "cafe\u0301", "Caf\u00e9"];
  const placed = await place(...keys.map((key) => some(tea, 1, key)));
  t.equal(new Set(placed.map(idOf)).size, keys.length);
  t.same((await place(...keys.map((key) => some(tea, 1, key)))).map(idOf), placed.map(idOf));
  t.equal(await count(), keys.length);
});

t.test("the response is repeated after the order has ended", async (t) => {
  const { tea, place, release, openOnes, accountId } = await shop();
  const [first] = await place(some(tea, 2, "key"));
  await query("update orders set status = 'cancelled' where account_id = $1", [accountId]);
  await release(await openOnes());
  t.same({ ...(await place(some(tea, 2, "key")))[0], replayed: false }, first);
});

t.test("a reservation that ended without an order is replaced by another one, five times", async (t) => {
  const { tea, place, calls, release, openOnes, count, depsWith } = await shop();
  const failing = async () => {
    throw new AppError(commonErrors.unavailable);
  };
  const dying = depsWith({ orders: { ...createOrderStore(database), place: failing } });
  for (let round = 1; round <= 5; round += 1) {
    const requests = { placements: [some(tea, 1, "key")] };
    await t.rejects(placeOrders(dying, requests, soon()), { code: "UNAVAILABLE" });
    t.equal(calls.splice(0).length, round);
    await release(await openOnes());
  }
  t.match(await place(some(tea, 1, "key"), some(tea, 1, "another")), [{ case: "refusal" }, { case: "order" }]);
  t.same(
    calls.map((ids) => ids.length),
    [2, 1, 1, 1, 1],
    "only the rest is placed again",
  );
  t.equal(await count(), 1);
  t.equal((await openOnes()).length, 1);
});

t.test("after a failure between reserving and writing, a retry continues there", async (t) => {
  const { tea, place, depsWith, stock } = await shop();
  const gone = () => Promise.reject(new Error("gone"));
  const dying = depsWith({ orders: { ...createOrderStore(database), place: gone } });
  await t.rejects(placeOrders(dying, { placements: [some(tea, 4, "key")] }, soon()), /gone/);
  t.match(await place(some(tea, 4, "key")), [{ case: "order", replayed: false }]);
  t.equal(await stock(tea), 96, "reserved once");
});

t.test("one order that cannot be written fails alone, and no other order is placed twice", async (t) => {
  const store = createOrderStore(database);
  const { tea, cup, yen, depsWith, count, stock } = await shop();
  const poisoned = (orders: NewOrder[]) => orders.some(({ currency }) => currency === "JPY");
  const place = async (orders: NewOrder[], context: CallContext) => {
    if (poisoned(orders)) throw new StatementFailed();
    return store.place(orders, context);
  };
  const deps = depsWith({ orders: { ...store, place } });
  const requests = [some(tea), some(yen), some(cup), some(tea), some(cup)];
  const outcomes = await placeOrders(deps, { placements: requests }, soon());
  t.same(
    outcomes.map(({ result }) => result?.case),
    ["order", "failure", "order", "order", "order"],
  );
  t.equal(await count(), 4);
  t.same(await Promise.all([tea, cup].map(stock)), [98, 98], "reserved once for each order");
});

t.test("the events of placed orders, and no others, are handed over as they were written", async (t) => {
  const { tea, cup, deps, accountId } = await shop();
  const published = written.rows;
  published.length = 0;
  await placeOrders(deps, { placements: [some(tea, 1, "key")] }, soon());
  await placeOrders(deps, { placements: [some(tea, 1, "key"), some(cup), some(tea, 1_000)] }, soon());
  const rows = await rowsWritten({ query }, "data->'order'->>'accountId' = $1", [accountId]);
  const row = ({ createdAt, ...rest }: WrittenRow) => rest;
  t.same(
    published.map(row),
    rows.map((one) => row(one.row)),
  );
  t.equal(published.length, 2);
  t.ok(published.every(({ createdAt }) => createdAt === now.toISOString()));
  t.ok(rows.every(({ seconds }) => seconds > 5 && seconds <= 10));
});

t.test("an order stays the only one when its response has to be looked up", async (t) => {
  const store = createOrderStore(database);
  const { tea, depsWith, count, stock } = await shop();
  const failures = [new StatementFailed()];
  const byKeys: typeof store.byKeys = async (...requests) => {
    const failure = failures.pop();
    if (failure) throw failure;
    return store.byKeys(...requests);
  };
  const deps = depsWith({ orders: { ...store, byKeys } });
  const placements = [some(tea, 1, "twice"), some(tea, 1, "twice"), some(tea), some(tea)];
  const outcomes = await placeOrders(deps, { placements }, soon());
  t.ok(outcomes.every(({ result }) => result?.case === "order"));
  t.equal(await count(), 3);
  t.equal(await stock(tea), 97);
});

t.test("an incomplete response of catalog is a failure", async (t) => {
  const { tea, depsWith } = await shop();
  const silent = depsWith({ reservations: { reserve: async () => ({ outcomes: [] }) } });
  await t.rejects(placeOrders(silent, { placements: [some(tea)] }, soon()), /no outcome/);
});

t.test("an invalid placement is refused before any call", async (t) => {
  const { tea, deps, calls } = await shop();
  for (const placements of [
    [],
    [{ lines: [] }],
    [some(tea, 0)],
    [some(tea, -1)],
    [some(tea, 1.5)],
    [some("no id")],
    [some(tea, 1, "k".repeat(256))],
    [some(tea, 1, "k\0")],
    ...["", " ", "\t", "\n", "\u00a0", "\u200b\u2060"].map((key) => [some(tea, 1, key)]),
    [{ lines: Array(101).fill({ productId: tea, quantity: 1 }) }],
    Array(101).fill(some(tea)),
  ]) {
    await t.rejects(placeOrders(deps, { placements }, soon()), { code: "BAD_INPUT" });
  }
  t.same(calls, []);
});
