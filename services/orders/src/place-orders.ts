import { createHash } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { CallContext } from "@sidecart/platform/call";
import { outboxRow } from "@sidecart/platform/events";
import { derivedId, newId } from "@sidecart/platform/ids";
import { id, maxMinor, parse, quantity, text } from "@sidecart/platform/input";
import { type ReserveOutcome, ReserveStatus } from "@sidecart/proto/catalog/v1/catalog";
import type { PlaceOutcomeSchema } from "@sidecart/proto/orders/v1/orders";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import { refusals } from "./errors.ts";
import { orderPlaced } from "./events.ts";
import { asPlaced, type Order, type OrderLine, toProto, totals } from "./order.ts";
import type { NewOrder, Stored } from "./order-store.ts";

const request = z.object({
  placements: z
    .array(
      z.object({
        lines: z
          .array(z.object({ productId: id, quantity }))
          .min(1)
          .max(100),
        idempotencyKey: text(0, 255),
      }),
    )
    .min(1)
    .max(100),
});

type Asked = z.infer<typeof request>["placements"][number];
/** Reservation ids follow from the key: whoever repeats a call repeats its reservation, so stock is held once. */
type Placement = {
  lines: Asked["lines"];
  key: string | null;
  hash: string;
  reservationIds(round: number): string;
};
type Attempt = Omit<Placement, "reservationIds"> & { reservationId: string };
type Refusal = { code: string; text: string; productIds?: string[] };
type Outcome = { order: Order; replayed: boolean } | { refusal: Refusal };

/** How many reservations of one key may have ended without an order before the key is refused. */
const maxRounds = 5;

/**
 * Places orders: stock is reserved at catalog for all of them in one call, then those that got theirs are written with
 * their events in one statement. Between the two nothing is lost: the reservation is repeatable by its id, and expires
 * if nobody comes back.
 */
export async function placeOrders(
  deps: Deps,
  input: unknown,
  context: CallContext,
): Promise<MessageInitShape<typeof PlaceOutcomeSchema>[]> {
  const { accountId } = await deps.verifier.caller(context);
  const placements = parse(request, input).placements.map((asked) => toPlacement(accountId, asked));
  const outcomes = await placeAll(deps, accountId, placements, context);
  deps.kickOutbox();
  return outcomes.map(outcomeToProto);
}

/** An earlier try under the same key may have left a reservation that has ended since: then another one is made. */
async function placeAll(
  deps: Deps,
  accountId: string,
  placements: Placement[],
  context: CallContext,
): Promise<Outcome[]> {
  const outcomes = new Map<Placement, Outcome>();
  for (let round = 0; outcomes.size < placements.length && round < maxRounds; round += 1) {
    const left = placements.filter((placement) => !outcomes.has(placement));
    const answers = await attempt(
      deps,
      accountId,
      left.map((one) => ({ ...one, reservationId: one.reservationIds(round) })),
      context,
    );
    left.forEach((placement, place) => {
      const answer = answers[place];
      if (answer !== undefined && answer !== "closed") outcomes.set(placement, answer);
    });
  }
  return placements.map((placement) => outcomes.get(placement) ?? { refusal: refusals.keyWornOut });
}

/** One round of reserving and writing. `closed`: the reservation has ended without an order. */
async function attempt(
  deps: Deps,
  accountId: string,
  placements: Attempt[],
  context: CallContext,
): Promise<(Outcome | "closed")[]> {
  const reserved = await deps.reservations.reserve(
    { reservations: placements.map(({ reservationId, lines }) => ({ reservationId, lines })) },
    context,
  );
  const decided = placements.map((placement, place) => decide(deps, accountId, placement, reserved.outcomes[place]));
  await giveBack(deps, placements, decided, reserved.outcomes, context);
  const orders = decided.flatMap((one) => ("order" in one ? [one.order] : []));
  const placed = orders.length > 0 ? await deps.orders.place(firstOfEach(orders), context) : new Set<string>();
  const unclear = placements.filter((_, place) => isUnclear(decided[place], placed));
  const keys = unclear.flatMap(({ key }) => key ?? []);
  const stored = keys.length > 0 ? await deps.orders.byKeys(accountId, keys, context) : [];
  return placements.map((placement, place) => outcomeOf(placement, decided[place] as Decision, placed, stored));
}

/** What was reserved for an order that is then refused for another reason. */
async function giveBack(
  deps: Deps,
  placements: Attempt[],
  decided: Decision[],
  answers: ReserveOutcome[],
  context: CallContext,
): Promise<void> {
  const held = placements.filter((_, place) => {
    const decision = decided[place];
    return decision !== undefined && "refusal" in decision && answers[place]?.status === ReserveStatus.RESERVED;
  });
  if (held.length > 0)
    await deps.reservations.release({ reservationIds: held.map((one) => one.reservationId) }, context);
}

type Decision = { order: NewOrder } | { refusal: Refusal } | { repeated: "closed" | "changed" };

function decide(deps: Deps, accountId: string, placement: Attempt, answer: ReserveOutcome | undefined): Decision {
  const productIds = answer?.refusedProductIds ?? [];
  switch (answer?.status) {
    case ReserveStatus.RESERVED:
      return priced(deps, accountId, placement, answer);
    case ReserveStatus.OUT_OF_STOCK:
      return { refusal: { ...refusals.outOfStock, productIds } };
    case ReserveStatus.UNKNOWN_PRODUCT:
      return { refusal: { ...refusals.productNotFound, productIds } };
    case ReserveStatus.CLOSED:
      return { repeated: "closed" };
    case ReserveStatus.CHANGED:
      return { repeated: "changed" };
    default:
      throw new Error(`catalog answered no outcome for reservation ${placement.reservationId}`);
  }
}

function priced(deps: Deps, accountId: string, placement: Attempt, answer: ReserveOutcome): Decision {
  const lines: OrderLine[] = answer.lines.map(({ productId, name, quantity: units, price }) => ({
    productId,
    name,
    quantity: units,
    price: Number(price),
  }));
  const currencies = new Set(answer.lines.map((line) => line.currency));
  const [currency] = currencies;
  if (currencies.size !== 1 || currency === undefined) return { refusal: refusals.mixedCurrencies };
  const sums = totals(lines, maxMinor);
  if (!sums) return { refusal: refusals.tooExpensive };
  const orderId = newId();
  const { reservationId, key: idempotencyKey, hash: requestHash } = placement;
  const event = outboxRow(orderPlaced, orderId, {
    order: {
      id: orderId,
      accountId,
      status: "pending_payment",
      reservationId,
      priceTotal: String(sums.priceTotal),
      currency,
      version: 1,
      lines: lines.map(({ productId, quantity: units, price }) => ({
        productId,
        quantity: units,
        price: String(price),
      })),
    },
  });
  const at = deps.clock.now();
  return {
    order: { id: orderId, accountId, ...sums, currency, reservationId, idempotencyKey, requestHash, at, lines, event },
  };
}

/** The same key twice in one call is one order: the second finds the first's. */
function firstOfEach(orders: NewOrder[]): NewOrder[] {
  const seen = new Map<string, NewOrder>();
  for (const order of orders) if (!seen.has(order.reservationId)) seen.set(order.reservationId, order);
  return [...seen.values()];
}

/** Not decided by this call: what was stored under the key says. */
function isUnclear(decision: Decision | undefined, placed: Set<string>): boolean {
  if (decision === undefined || "refusal" in decision) return false;
  return "repeated" in decision || !placed.has(decision.order.id);
}

function outcomeOf(placement: Attempt, decision: Decision, placed: Set<string>, stored: Stored[]): Outcome | "closed" {
  if ("refusal" in decision) return decision;
  if ("order" in decision && placed.has(decision.order.id)) return { order: fresh(decision.order), replayed: false };
  const before = stored.find((one) => one.key === placement.key);
  if (before?.requestHash === placement.hash) return { order: asPlaced(before.order), replayed: true };
  const conflict = before !== undefined || ("repeated" in decision && decision.repeated === "changed");
  return conflict ? { refusal: refusals.idempotencyConflict } : "closed";
}

function fresh({ id: orderId, accountId, quantity: units, priceTotal, currency, lines, at }: NewOrder): Order {
  const placed = { status: "pending_payment", paymentStatus: "pending", version: 1 } as const;
  return {
    id: orderId,
    accountId,
    quantity: units,
    priceTotal,
    currency,
    lines,
    createdAt: at.toISOString(),
    ...placed,
  };
}

function toPlacement(accountId: string, { lines, idempotencyKey }: Asked): Placement {
  const sorted = lines.map(({ productId, quantity: units }) => [productId, units]).sort();
  const hash = createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
  const key = idempotencyKey || null;
  const reservationIds = (round: number) =>
    key === null ? newId() : derivedId("order", accountId, key, String(round));
  return { lines, key, hash, reservationIds };
}

function outcomeToProto(outcome: Outcome): MessageInitShape<typeof PlaceOutcomeSchema> {
  if ("order" in outcome) {
    return { result: { case: "order", value: toProto(outcome.order) }, replayed: outcome.replayed };
  }
  const { code, text: message, productIds = [] } = outcome.refusal;
  return { result: { case: "refusal", value: { code, message, productIds } } };
}
