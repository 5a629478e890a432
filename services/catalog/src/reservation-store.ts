import { join } from "node:path";
import { type Database, rowsOf, type Statement, sqlFile } from "@sidecart/platform/database";
import { topicOf } from "@sidecart/platform/events";
import type { CallContext } from "@sidecart/platform/rpc";
import { AppError } from "@sidecart/platform/rpc";
import { currentTraceparent } from "@sidecart/platform/telemetry";
import { StockChangedSchema, StockDepletedSchema } from "@sidecart/proto/catalog/v1/events";
import { z } from "zod";
import { catalogErrors } from "./errors.ts";
import { type Outcome, pricedLine, type Wanted } from "./reservation.ts";

/** Reservations that one statement ends. */
const most = 500;

const rawOutcome = z.strictObject({
  id: z.string(),
  status: z.enum(["reserved", "out-of-stock", "unknown-product", "closed", "contended", "expired"]),
  lines: z.array(pricedLine),
  productIds: z.array(z.string()),
});
const moved = z.strictObject({ moved: z.number() });
const movedOnce = moved.extend({ lost: z.boolean() });

const statement = sqlFile(join(import.meta.dirname, "reservation-store.sql"), {
  most,
  stock_changed: topicOf(StockChangedSchema),
  stock_depleted: topicOf(StockDepletedSchema),
});
const reserve = statement("reservation.reserve", z.strictObject({ outcomes: rowsOf(rawOutcome) }));
const giveBack = statement("reservation.release", moved);
const expire = statement("reservation.expire", moved);
const expireThese = statement("reservation.expire-these", moved);
const holdOnce = statement("reservation.hold-once", movedOnce);
const holdOpen = statement("reservation.hold-open", z.strictObject({ held: z.array(z.string()) }));
const sellOnce = statement("reservation.sell-once", movedOnce);
const releaseOnce = statement("reservation.release-once", movedOnce);
const prune = statement("reservation.prune", z.strictObject({ gone: z.number() }));

/** A reservation that an order stands behind, and the event that says so. */
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
  /** Ends those whose time is over, of these or of all; gives back how many. */
  const expireDue = (ids: string[] | null, at: Date, context: CallContext): Promise<number> =>
    untilDone(async () => (await run(ids ? expireThese : expire, ids, at, context)).moved);
  return {
    /**
     * Decides every reservation; the first of those left always is, unless others go on changing its products. One that
     * is there already gets its time anew; one whose time is over is closed, whether a sweep came by or not.
     */
    async reserve(wanted: Wanted[], at: Date, expiresAt: Date, context: CallContext): Promise<Map<string, Outcome>> {
      const outcomes = new Map<string, Outcome>();
      const expired: string[] = [];
      for (let left = wanted; left.length > 0; left = left.filter((one) => !outcomes.has(one.id))) {
        const reservations = left.map((one, place) => ({ ...one, place }));
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
    /** Gives back what is open of these; the number of reservations that were. */
    async release(ids: string[], at: Date, context: CallContext): Promise<number> {
      return (await run(giveBack, ids, at, context)).moved;
    },
    expire: (at: Date, context: CallContext) => expireDue(null, at, context),
    /** Holds what is open of these for the orders that stand behind it; gives back the events that are done with that. */
    async holdOpen(holds: Hold[], context: CallContext): Promise<Set<string>> {
      return new Set((await database.one(holdOpen, { holds }, context)).held);
    },
    /** For the events of an order. They throw RESERVATION_LOST when stock that an order counts on is not there. */
    holdOnce: once(holdOnce),
    sellOnce: once(sellOnce),
    releaseOnce: once(releaseOnce),
    /** Forgets those that ended more than 30 days ago. */
    prune: (at: Date, context: CallContext) => untilDone(async () => (await database.one(prune, { at }, context)).gone),
  };
}

/** Repeats a statement until it finds fewer rows than it takes at once; answers how many all of them were. */
async function untilDone(statement: () => Promise<number>): Promise<number> {
  for (let total = 0; ; ) {
    const rows = await statement();
    total += rows;
    if (rows < most) return total;
  }
}
