import { createHash } from "node:crypto";
import { outboxRow } from "@sidecart/platform/events";
import { derivedId, newId } from "@sidecart/platform/ids";
import { type AppError, fromFailure, maxMinor } from "@sidecart/platform/rpc";
import { type ReserveOutcome, ReserveStatus } from "@sidecart/proto/catalog/v1/catalog";
import { OrderPlacedSchema } from "@sidecart/proto/orders/v1/events";
import { type Refusal, refusals } from "./errors.ts";
import { asPlaced, type Order, type OrderLine, totals } from "./order.ts";
import type { NewOrder, Stored } from "./order-store.ts";

export type OrderRequest = { lines: { productId: string; quantity: number }[]; idempotencyKey?: string | undefined };
/**
 * Reservation ids are derived from the idempotency key, so a retry repeats the same reservation and stock is reserved
 * once. A call without a key gets a unique one, so that its own steps can be retried.
 */
export type Placement = {
  accountId: string;
  lines: OrderRequest["lines"];
  key: string;
  /** Hash of the request, to distinguish a retry from another request. */
  hash: string;
  /** The trace of the request. */
  traceparent: string | null;
  reservationIds(round: number): string;
};
export type Attempt = Omit<Placement, "reservationIds"> & { reservationId: string };
export type Outcome = { order: Order; replayed: boolean } | { refusal: Refusal };
/** What follows from catalog's response alone. `closed`: the reservation has ended; `changed`: it has other lines. */
export type Decision =
  | { order: NewOrder }
  | { refusal: Refusal }
  | { repeated: "closed" | "changed" }
  | { failure: AppError };

export function toPlacement(
  accountId: string,
  { lines, idempotencyKey }: OrderRequest,
  traceparent: string | null,
): Placement {
  const sorted = lines.map(({ productId, quantity }) => [productId, quantity]).sort();
  const hash = createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
  const key = idempotencyKey ?? newId();
  const reservationIds = (round: number) => derivedId("order", accountId, key, String(round));
  return { accountId, lines, key, hash, traceparent, reservationIds };
}

export function decide(attempt: Attempt, answer: ReserveOutcome | undefined, now: Date): Decision {
  if (answer?.failure) return { failure: fromFailure(answer.failure) };
  const productIds = answer?.refusedProductIds ?? [];
  switch (answer?.status) {
    case ReserveStatus.RESERVED:
      return priced(attempt, answer, now);
    case ReserveStatus.OUT_OF_STOCK:
      return { refusal: { ...refusals.outOfStock, productIds } };
    case ReserveStatus.UNKNOWN_PRODUCT:
      return { refusal: { ...refusals.productNotFound, productIds } };
    case ReserveStatus.TOO_MANY_OPEN:
      return { refusal: refusals.tooManyOpenOrders };
    case ReserveStatus.TOO_MANY_UNITS:
      return { refusal: { ...refusals.tooManyUnits, productIds } };
    case ReserveStatus.TOO_MANY_MADE:
      return { refusal: refusals.tooManyOrders };
    case ReserveStatus.CLOSED:
      return { repeated: "closed" };
    case ReserveStatus.CHANGED:
      return { repeated: "changed" };
    default:
      throw new Error(`catalog returned no outcome for reservation ${attempt.reservationId}`);
  }
}

function priced(attempt: Attempt, answer: ReserveOutcome, at: Date): Decision {
  const lines: OrderLine[] = answer.lines.map(({ productId, name, quantity, price }) => ({
    productId,
    name,
    quantity,
    price: Number(price),
  }));
  const currencies = new Set(answer.lines.map((line) => line.currency));
  const [currency] = currencies;
  if (currencies.size !== 1 || currency === undefined) return { refusal: refusals.mixedCurrencies };
  const sums = totals(lines, maxMinor);
  if (!sums) return { refusal: refusals.tooExpensive };
  const { accountId, reservationId, key: idempotencyKey, hash: requestHash } = attempt;
  const order = { id: newId(), accountId, ...sums, currency, reservationId, idempotencyKey, requestHash, at, lines };
  return { order: { ...order, event: placedEvent(order, attempt.traceparent) } };
}

function placedEvent(placed: Omit<NewOrder, "event">, traceparent: string | null) {
  const { id, accountId, reservationId, priceTotal, currency, lines, at } = placed;
  const order = { id, accountId, status: "pending_payment", reservationId, currency, version: 1 };
  const units = lines.map(({ productId, quantity, price }) => ({ productId, quantity, price: String(price) }));
  const data = { order: { ...order, priceTotal: String(priceTotal), lines: units } };
  return { ...outboxRow(OrderPlacedSchema, id, data, traceparent), createdAt: at.toISOString() };
}

/** The same key twice in one call is one order: the second placement finds the order of the first. */
export function firstOfEach(orders: NewOrder[]): NewOrder[] {
  const seen = new Map<string, NewOrder>();
  for (const order of orders) if (!seen.has(order.reservationId)) seen.set(order.reservationId, order);
  return [...seen.values()];
}

/** True when this call did not decide the outcome: the stored order of the key does. */
export function isUnclear(decision: Decision | undefined, placed: ReadonlyMap<string, string>): boolean {
  if (decision === undefined || "refusal" in decision || "failure" in decision) return false;
  return "repeated" in decision || !placed.has(decision.order.id);
}

/** The outcome, from the orders that were written (`placed`: order id → user name) and those stored before. */
export function outcomeOf(
  attempt: Attempt,
  decision: Decision,
  placed: ReadonlyMap<string, string>,
  stored: Stored[],
): Outcome | AppError | "closed" {
  if ("failure" in decision) return decision.failure;
  if ("refusal" in decision) return decision;
  const username = "order" in decision ? placed.get(decision.order.id) : undefined;
  if ("order" in decision && username !== undefined) return { order: fresh(decision.order, username), replayed: false };
  const changed = "repeated" in decision && decision.repeated === "changed";
  return earlierOutcome(attempt, stored) ?? (changed ? { refusal: refusals.idempotencyConflict } : "closed");
}

/** The outcome of a placement whose key has an order already. */
export function earlierOutcome(
  { key, accountId, hash }: Pick<Placement, "key" | "accountId" | "hash">,
  stored: Stored[],
): Outcome | undefined {
  const before = stored.find((one) => one.key === key && one.order.accountId === accountId);
  if (!before) return undefined;
  if (before.requestHash !== hash) return { refusal: refusals.idempotencyConflict };
  return { order: asPlaced(before.order), replayed: true };
}

function fresh(order: NewOrder, username: string): Order {
  const { id, accountId, quantity, priceTotal, currency, lines, at } = order;
  const placed = { status: "pending_payment", paymentStatus: "pending", version: 1 } as const;
  return { id, accountId, username, quantity, priceTotal, currency, lines, createdAt: at.toISOString(), ...placed };
}
