import { join } from "node:path";
import { type Database, inHalves, sqlFile } from "@sidecart/platform/database";
import type { PendingEvent, WrittenRow } from "@sidecart/platform/events";
import { topicOf } from "@sidecart/platform/events";
import { inOrderOf } from "@sidecart/platform/ids";
import type { CallContext } from "@sidecart/platform/rpc";
import { currentTraceparent } from "@sidecart/platform/telemetry";
import { OrderExpiredSchema } from "@sidecart/proto/orders/v1/events";
import { z } from "zod";
import {
  type Order,
  type OrderLine,
  order,
  type PaymentStatus,
  type Reachable,
  type Status,
  statuses,
} from "./order.ts";

const stored = z.strictObject({ key: z.string(), requestHash: z.string(), order });
const transition = z.strictObject({
  from: z.string(),
  to: z.string(),
  actor: z.string(),
  reason: z.string(),
  at: z.string(),
  eventId: z.string(),
  traceparent: z.string(),
});
const history = z.strictObject({
  orderId: z.string(),
  reservationId: z.string(),
  transitions: z.array(transition),
});

const statement = sqlFile(join(import.meta.dirname, "order-store.sql"));
const place = statement("order.place", z.strictObject({ placed: z.record(z.string(), z.string()) }));
const byKeys = statement("order.by-keys", z.array(stored));
const byIds = statement("order.by-ids", z.array(order));
const newestOf = statement("order.newest-of", z.array(order));
const newestOfAll = statement("order.newest-of-all", z.array(order));
const move = statement("order.move", z.strictObject({ status: z.enum(statuses).nullable(), order: order.nullable() }));
const expire = statement("order.expire", z.strictObject({ expired: z.number() }));
const histories = statement("order.histories", z.array(history));

export type NewOrder = {
  id: string;
  accountId: string;
  quantity: number;
  priceTotal: number;
  currency: string;
  reservationId: string;
  idempotencyKey: string;
  requestHash: string;
  at: Date;
  lines: OrderLine[];
  /** Its key is the order's id. */
  event: WrittenRow;
};
export type Stored = z.infer<typeof stored>;
export type Move = {
  id: string;
  /** The account that must own the order; null for any. */
  accountId: string | null;
  toStatus: Reachable;
  paymentStatus: PaymentStatus | null;
  allowed: readonly Status[];
  actor: string;
  reason: string;
  at: Date;
  event: PendingEvent & { reason?: string };
};

export type OrderStore = ReturnType<typeof createOrderStore>;

export function createOrderStore(database: Database) {
  return {
    /**
     * Returns the placed orders by id, with their user names. An order that is missing in the result has an existing
     * key.
     */
    async place(wanted: NewOrder[], context: CallContext): Promise<Map<string, string>> {
      const orders = wanted.map(({ event, ...order }) => ({
        ...order,
        eventId: event.id,
        traceparent: event.traceparent,
      }));
      const { placed } = await database.one(place, { orders, events: wanted.map(({ event }) => event) }, context);
      return new Map(Object.entries(placed));
    },
    byKeys(keys: { accountId: string; key: string }[], context: CallContext): Promise<Stored[]> {
      const wanted = keys.map(({ accountId, key }) => ({ accountId, key }));
      return inHalves(wanted, (some) => database.one(byKeys, { keys: some }, context));
    },
    /** `accountId` null: orders of any account. */
    async byIds(ids: string[], accountId: string | null, context: CallContext): Promise<Order[]> {
      const found = await inHalves([...new Set(ids)], (some) => database.one(byIds, { ids: some, accountId }, context));
      return inOrderOf(ids, found).filter((order) => order !== undefined);
    },
    /** Orders older than `after`, newest first. `accountId` null: orders of all accounts. */
    newest(accountId: string | null, first: number, after: string | undefined, context: CallContext): Promise<Order[]> {
      return accountId === null
        ? database.one(newestOfAll, { first, after }, context)
        : database.one(newestOf, { first, after, accountId }, context);
    },
    /** `order` is null when the order was not moved. `status` is null when the account has no such order. */
    move: (change: Move, context: CallContext) => database.one(move, change, context),
    /** Expires at most `limit` orders created before `before`. Returns how many. */
    async expire(before: Date, limit: number, at: Date, context: CallContext): Promise<number> {
      const input = { before, limit, at, topic: topicOf(OrderExpiredSchema), traceparent: currentTraceparent() };
      return (await database.one(expire, input, context)).expired;
    },
    /** `accountId` null: orders of any account. Each order once, in any order; its transitions oldest first. */
    histories: (ids: string[], accountId: string | null, context: CallContext) =>
      database.one(histories, { ids: [...new Set(ids)], accountId }, context),
  };
}
