import { join } from "node:path";
import { type Database, repeatWhileFull, type Statement, sqlFile } from "@sidecart/platform/database";
import { topicOf } from "@sidecart/platform/events";
import type { CallContext } from "@sidecart/platform/rpc";
import { AppError } from "@sidecart/platform/rpc";
import { currentTraceparent } from "@sidecart/platform/telemetry";
import { StockChangedSchema, StockDepletedSchema } from "@sidecart/proto/catalog/v1/events";
import { z } from "zod";
import { catalogErrors } from "./errors.ts";
import { type Outcome, pricedLine, type Wanted } from "./reservation.ts";

/** Maximum number of reservations that one statement ends. */
const most = 500;

const rawOutcome = z.strictObject({
  id: z.string(),
  status: z.enum([
    "reserved",
    "out-of-stock",
    "unknown-product",
    "too-many-open",
    "too-many-units",
    "too-many-made",
    "closed",
    "contended",
    "expired",
  ]),
  lines: z.array(pricedLine),
  productIds: z.array(z.string()),
});
const reservedStock = z.strictObject({
  id: z.string(),
  status: z.enum(["open", "released", "expired", "sold"]),
  lines: z.array(z.strictObject({ productId: z.string(), quantity: z.number() })),
  createdAt: z.string(),
  expiresAt: z.string(),
  closedAt: z.string(),
});
const moved = z.strictObject({ moved: z.number() });
const movedOnce = moved.extend({ lost: z.boolean() });

const statement = sqlFile(join(import.meta.dirname, "reservation-store.sql"), {
  most,
  stock_changed: topicOf(StockChangedSchema),
  stock_depleted: topicOf(StockDepletedSchema),
});
const reserve = statement("reservation.reserve", z.strictObject({ outcomes: z.array(rawOutcome) }));
const releaseOpen = statement("reservation.release", moved);
const expire = statement("reservation.expire", moved);
const expireThese = statement("reservation.expire-these", moved);
const holdOnce = statement("reservation.hold-once", movedOnce);
const holdOpen = statement("reservation.hold-open", z.strictObject({ held: z.array(z.string()) }));
const sellOnce = statement("reservation.sell-once", movedOnce);
const releaseOnce = statement("reservation.release-once", movedOnce);
const byId = statement("reservation.by-id", reservedStock.nullable());
const prune = statement("reservation.prune", z.strictObject({ gone: z.number() }));

/** The input of the statement. `place` decides between reservations that do not all fit. */
const toRecord = ({ quota, ...one }: Wanted, place: number) => ({
  ...one,
  place,
  mostOpen: quota.openReservations,
  mostUnits: quota.unitsPerProduct,
  mostHourly: quota.reservationsPerHour,
});

/** A reservation with an order, and the event that reports the order. */
export type Hold = { id: string; eventId: string };

export type ReservationStore = ReturnType<typeof createReservationStore>;

export function createReservationStore(database: Database) {
  const run = <Row>(act: Statement<Row>, ids: string[] | null, at: Date, context: CallContext, eventId?: string) =>
    database.one(act, { ids, at, traceparent: currentTraceparent(), eventId }, context);
  const once =
    (act: typeof holdOnce) =>
    async (id: string, at: Date, context: CallContext, eventId: string): Promise<number> => {
      const { moved, lost } = await run(act, [id], at, context, eventId);
      if (lost)
        throw new AppError(catalogErrors.reservationLost, { message: `The stock of reservation ${id} is gone.` });
      return moved;
    };
  /** Expires overdue reservations: these, or all. Returns how many. */
  const expireDue = (ids: string[] | null, at: Date, context: CallContext): Promise<number> =>
    repeatWhileFull(most, context, async () => (await run(ids ? expireThese : expire, ids, at, context)).moved);
  return {
    /**
     * Decides every reservation. In each round the first of the rest is always decided, unless other statements keep
     * changing its products or what its account holds. An existing reservation gets a new expiry. An overdue one is closed, even if no sweep has
     * run.
     */
    async reserve(wanted: Wanted[], at: Date, expiresAt: Date, context: CallContext): Promise<Map<string, Outcome>> {
      const outcomes = new Map<string, Outcome>();
      const expired: string[] = [];
      for (let left = wanted; left.length > 0; left = left.filter((one) => !outcomes.has(one.id))) {
        const reservations = left.map(toRecord);
        const input = { reservations, at, expiresAt, traceparent: currentTraceparent() };
        const answer = await database.one(reserve, input, context);
        for (const { status, ...rest } of answer.outcomes) {
          if (status === "contended") continue;
          if (status === "expired") expired.push(rest.id);
          outcomes.set(rest.id, { ...rest, status: status === "expired" ? "closed" : status });
        }
      }
      if (expired.length > 0) await expireDue(expired, at, context);
      return outcomes;
    },
    /** Releases those of these reservations that are open. Returns how many. */
    async release(ids: string[], at: Date, context: CallContext): Promise<number> {
      return (await run(releaseOpen, ids, at, context)).moved;
    },
    expire: (at: Date, context: CallContext) => expireDue(null, at, context),
    /**
     * Holds those of these reservations that are open for their orders. Returns the ids of the events that are thereby
     * handled.
     */
    async holdOpen(holds: Hold[], context: CallContext): Promise<Set<string>> {
      return new Set((await database.one(holdOpen, { holds }, context)).held);
    },
    /** For the events of an order. They throw RESERVATION_LOST when the stock of an order is gone. */
    holdOnce: once(holdOnce),
    sellOnce: once(sellOnce),
    releaseOnce: once(releaseOnce),
    /** Null when there is none. */
    byId: (id: string, context: CallContext) => database.one(byId, { id }, context),
    /** Deletes reservations that ended more than 30 days ago. */
    prune: (at: Date, context: CallContext) =>
      repeatWhileFull(most, context, async () => (await database.one(prune, { at }, context)).gone),
  };
}
