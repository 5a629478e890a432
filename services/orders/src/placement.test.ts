import { create } from "@bufbuild/protobuf";
import { newId } from "@sidecart/platform/ids";
import { maxMinor } from "@sidecart/platform/rpc";
import { type ReserveOutcome, ReserveOutcomeSchema, ReserveStatus } from "@sidecart/proto/catalog/v1/catalog";
import t from "tap";
import type { NewOrder, Stored } from "./order-store.ts";
import { type Attempt, decide, firstOfEach, isUnclear, outcomeOf, type Placement, toPlacement } from "./placement.ts";

const now = new Date("2026-03-01T12:00:00.123Z");
const accountId = newId();
const [tea, cup] = [newId(), newId()].sort() as [string, string];
const request = { lines: [{ productId: tea, quantity: 2 }], idempotencyKey: "the key" };
const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const nothing = new Map<string, string>();

function attemptOf(input = request, round = 0): Attempt {
  const { reservationIds, ...placement } = toPlacement(accountId, input, trace);
  return { ...placement, reservationId: reservationIds(round) };
}

/** Catalog's response: the reserved lines with their prices. */
const reserved = (...lines: { productId?: string; quantity?: number; price: number; currency?: string }[]) =>
  create(ReserveOutcomeSchema, {
    status: ReserveStatus.RESERVED,
    lines: lines.map(({ price, ...line }) => {
      return { productId: tea, name: "Tea", quantity: 1, currency: "EUR", ...line, price: BigInt(price) };
    }),
  });
const answered = (status: ReserveStatus, refusedProductIds: string[] = []) =>
  create(ReserveOutcomeSchema, { status, refusedProductIds });

function ordered(answer: ReserveOutcome = reserved({ price: 1 })): NewOrder {
  const decision = decide(attemptOf(), answer, now);
  if (!("order" in decision)) throw new Error(`no order but ${JSON.stringify(decision)}`);
  return decision.order;
}

t.test("the same key of the same user has the same reservation id, and another one in each round", async (t) => {
  const [one, again] = [request, { ...request, lines: [] }].map((input) => toPlacement(accountId, input, null)) as [
    Placement,
    Placement,
  ];
  for (let round = 0; round < 3; round += 1) t.equal(one.reservationIds(round), again.reservationIds(round));
  const others = [
    one.reservationIds(0),
    one.reservationIds(1),
    toPlacement(newId(), request, null).reservationIds(0),
    toPlacement(accountId, { ...request, idempotencyKey: "another" }, null).reservationIds(0),
  ];
  t.equal(new Set(others).size, others.length);
});

t.test("without a key every call is a new request, and its own steps can be retried", async (t) => {
  const [one, other] = [1, 2].map(() => toPlacement(accountId, { lines: request.lines }, null));
  t.not(one?.key, other?.key);
  t.not(one?.reservationIds(0), other?.reservationIds(0));
  t.equal(one?.reservationIds(0), one?.reservationIds(0));
});

t.test("requests are compared by their lines, in any order", async (t) => {
  const hash = (...lines: [string, number][]) => {
    const wanted = { ...request, lines: lines.map(([productId, quantity]) => ({ productId, quantity })) };
    return toPlacement(accountId, wanted, null).hash;
  };
  t.equal(hash([tea, 2], [cup, 1]), hash([cup, 1], [tea, 2]));
  t.equal(new Set([hash([tea, 2]), hash([tea, 1]), hash([cup, 2]), hash([tea, 1], [tea, 1])]).size, 4);
});

t.test("reserved lines become an order at catalog's prices, with a matching event", async (t) => {
  const order = ordered(reserved({ price: 1_290, quantity: 2 }, { productId: cup, price: 666, quantity: 3 }));
  const sums = { accountId, quantity: 5, priceTotal: 4_578, currency: "EUR", idempotencyKey: "the key", at: now };
  t.match(order, { ...sums, reservationId: attemptOf().reservationId, requestHash: attemptOf().hash });
  t.equal(order.event.traceparent, trace, "the event has the trace of the request");
  t.same(order.event.data, {
    order: {
      id: order.id,
      accountId,
      status: "pending_payment",
      reservationId: order.reservationId,
      currency: "EUR",
      version: 1,
      priceTotal: "4578",
      lines: [
        { productId: tea, quantity: 2, price: "1290" },
        { productId: cup, quantity: 3, price: "666" },
      ],
    },
  });
});

t.test("an order has one currency", async (t) => {
  for (const answer of [reserved({ price: 1 }, { price: 1, currency: "JPY" }), reserved()]) {
    t.match(decide(attemptOf(), answer, now), { refusal: { code: "MIXED_CURRENCIES" } });
  }
});

t.test("a total is limited so that sums stay exact", async (t) => {
  t.equal(ordered(reserved({ price: maxMinor })).priceTotal, maxMinor);
  for (const answer of [
    reserved({ price: maxMinor }, { price: 1 }),
    reserved({ price: maxMinor, quantity: 1_000_000 }),
  ]) {
    t.match(decide(attemptOf(), answer, now), { refusal: { code: "TOTAL_TOO_LARGE" } });
  }
});

t.test("a refusal by catalog names its products", async (t) => {
  for (const [status, code] of [
    [ReserveStatus.OUT_OF_STOCK, "OUT_OF_STOCK"],
    [ReserveStatus.UNKNOWN_PRODUCT, "PRODUCT_NOT_FOUND"],
  ] as const) {
    const decision = decide(attemptOf(), answered(status, [tea]), now);
    t.match(decision, { refusal: { code, productIds: [tea] } });
    t.notOk(isUnclear(decision, nothing));
    t.equal(outcomeOf(attemptOf(), decision, nothing, []), decision);
  }
});

t.test("a failure of catalog for one placement is that placement's error", async (t) => {
  const failure = { code: "UNAVAILABLE", status: "UNAVAILABLE", message: "Away.", details: "" };
  const decision = decide(attemptOf(), create(ReserveOutcomeSchema, { failure }), now);
  t.notOk(isUnclear(decision, nothing));
  t.match(outcomeOf(attemptOf(), decision, nothing, []), { code: "UNAVAILABLE", message: "Away." });
});

t.test("an invalid response of catalog is an internal error", async (t) => {
  for (const answer of [undefined, answered(ReserveStatus.UNSPECIFIED)]) {
    t.throws(() => decide(attemptOf(), answer, now), /catalog returned no outcome/);
  }
});

t.test("of two orders with one reservation the first is written", async (t) => {
  const [one, two] = [ordered(), ordered()];
  const other = { ...ordered(), reservationId: newId() };
  t.same(firstOfEach([one, two, other]), [one, other]);
});

t.test("a written order is returned as new, with its user name", async (t) => {
  const order = ordered();
  const placed = new Map([[order.id, ""]]);
  t.notOk(isUnclear({ order }, placed));
  t.match(outcomeOf(attemptOf(), { order }, placed, []), {
    order: { id: order.id, username: "", status: "pending_payment", version: 1, createdAt: now.toISOString() },
    replayed: false,
  });
});

t.test("otherwise the stored order of the key decides the outcome", async (t) => {
  const order = ordered();
  const stored = (requestHash: string): Stored => {
    const moved = { status: "cancelled", paymentStatus: "refunded", username: "Ann", version: 3 } as const;
    return { key: "the key", requestHash, order: { ...order, ...moved, createdAt: "" } };
  };
  const { hash } = attemptOf();
  const closed = decide(attemptOf(), answered(ReserveStatus.CLOSED), now);
  const changed = decide(attemptOf(), answered(ReserveStatus.CHANGED), now);
  for (const decision of [{ order: ordered() }, closed, changed]) {
    t.ok(isUnclear(decision, nothing));
    const repeated = outcomeOf(attemptOf(), decision, nothing, [stored(hash)]);
    t.match(repeated, { order: { id: order.id, status: "pending_payment", version: 1 }, replayed: true });
    const conflict = outcomeOf(attemptOf(), decision, nothing, [stored("another")]);
    t.match(conflict, { refusal: { code: "IDEMPOTENCY_CONFLICT" } });
  }
  t.equal(outcomeOf(attemptOf(), closed, nothing, []), "closed", "then another reservation may be tried");
  t.match(outcomeOf(attemptOf(), changed, nothing, []), { refusal: { code: "IDEMPOTENCY_CONFLICT" } });
});
