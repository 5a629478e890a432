import { type Database, inHalves, instant, sql } from "@sidecart/platform/database";
import type { OutboxRow } from "@sidecart/platform/events";
import { claimedUntil, topicOf } from "@sidecart/platform/events";
import type { CallContext } from "@sidecart/platform/rpc";
import { currentTraceparent } from "@sidecart/platform/telemetry";
import { OrderExpiredSchema } from "@sidecart/proto/orders/v1/events";
import type { Order, OrderLine, PaymentStatus, Reachable, Status } from "./order.ts";

const username = (o: string) => `coalesce((select k.username from known_accounts k where k.id = ${o}.account_id), '')`;

const orderJson = (o: string) => `jsonb_build_object('id', ${o}.id, 'accountId', ${o}.account_id,
  'username', ${username(o)}, 'status', ${o}.status,
  'paymentStatus', ${o}.payment_status, 'quantity', ${o}.quantity, 'priceTotal', ${o}.price_total,
  'currency', ${o}.currency, 'version', ${o}.version, 'createdAt', ${instant(`${o}.created_at`)}, 'lines', (
    select coalesce(jsonb_agg(jsonb_build_object('productId', l.product_id, 'name', l.name, 'quantity', l.quantity,
      'price', l.price) order by l.product_id), '[]') from order_lines l where l.order_id = ${o}.id))`;

/**
 * Inserts many orders with their lines, first transitions and events; a key that is taken leaves its order out. They go
 * in by key, so that two batches with the same keys wait for each other in one direction.
 */
const place = sql(
  "order.place",
  `with input as (
     select * from jsonb_to_recordset($1::jsonb->'orders') as i(id uuid, account_id uuid, quantity int,
       price_total bigint, currency text, reservation_id uuid, idempotency_key text, request_hash text, at timestamptz,
       lines jsonb, event jsonb)),
   placed as (
     insert into orders (id, account_id, status, payment_status, quantity, price_total, currency, reservation_id,
       idempotency_key, request_hash, created_at, updated_at)
     select id, account_id, 'pending_payment', 'pending', quantity, price_total, currency, reservation_id,
       idempotency_key, request_hash, at, at from input order by account_id, idempotency_key, id
     on conflict do nothing returning id, account_id),
   lines as (
     insert into order_lines (order_id, product_id, name, quantity, price)
     select i.id, l."productId", l.name, l.quantity, l.price
     from placed join input i using (id), jsonb_to_recordset(i.lines) as l("productId" uuid, name text, quantity int,
       price bigint) returning 1),
   transition as (
     insert into order_transitions (order_id, version, from_status, to_status, actor, reason, at)
     select i.id, 1, '', 'pending_payment', i.account_id::text, 'placed', i.at from placed join input i using (id)
     returning 1),
   event as (
     insert into outbox (id, topic, key, data, traceparent, claimed_until)
     select (event->>'id')::uuid, event->>'topic', event->>'key', event->'data', event->>'traceparent', ${claimedUntil}
     from placed join input i using (id) returning 1)
   select jsonb_build_object('placed', (select coalesce(jsonb_object_agg(placed.id, ${username("placed")}), '{}') from placed), 'rows',
     (select count(*) from lines) + (select count(*) from transition) + (select count(*) from event))::text`,
);

const byKeys = sql(
  "order.by-keys",
  `select coalesce(jsonb_agg(jsonb_build_object('key', o.idempotency_key, 'requestHash', o.request_hash,
     'order', ${orderJson("o")})), '[]')::text
   from jsonb_to_recordset($1::jsonb->'keys') as wanted("accountId" uuid, key text), lateral (
     select * from orders where account_id = wanted."accountId" and idempotency_key = wanted.key limit 1) as o`,
);

const byIds = sql(
  "order.by-ids",
  `select coalesce(jsonb_agg(${orderJson("o")}), '[]')::text
   from orders o where o.id = any (array(select jsonb_array_elements_text($1::jsonb->'ids')::uuid))
     and ($1::jsonb->>'account_id' is null or o.account_id = ($1::jsonb->>'account_id')::uuid)`,
);

const newestOf = sql(
  "order.newest-of",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(account_id uuid, first int, after uuid)),
   page as (
     select * from orders where account_id = (select account_id from input)
       and id < coalesce((select after from input), 'ffffffff-ffff-ffff-ffff-ffffffffffff')
     order by id desc limit (select first from input))
   select coalesce(jsonb_agg(${orderJson("page")} order by page.id desc), '[]')::text from page`,
);

const newestOfAll = sql(
  "order.newest-of-all",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(first int, after uuid)),
   page as (
     select * from orders where id < coalesce((select after from input), 'ffffffff-ffff-ffff-ffff-ffffffffffff')
     order by id desc limit (select first from input))
   select coalesce(jsonb_agg(${orderJson("page")} order by page.id desc), '[]')::text from page`,
);

/** An order event's data: proto JSON of OrderState. */
const stateJson = (o: string) => `jsonb_build_object('id', ${o}.id, 'accountId', ${o}.account_id, 'status', ${o}.status,
  'reservationId', ${o}.reservation_id, 'priceTotal', ${o}.price_total::text, 'currency', ${o}.currency,
  'version', ${o}.version, 'lines', (
    select coalesce(jsonb_agg(jsonb_build_object('productId', l.product_id, 'quantity', l.quantity,
      'price', l.price::text) order by l.product_id), '[]') from order_lines l where l.order_id = ${o}.id))`;

/** Moves one order on, if it stands where it may be moved from and the caller may move it. */
const move = sql(
  "order.move",
  `with input as (
     select * from jsonb_to_record($1::jsonb) as i(id uuid, account_id uuid, to_status text, payment_status text,
       allowed text[], actor text, reason text, at timestamptz, event jsonb)),
   found as (
     select o.* from orders o, input
     where o.id = (select id from input) and (input.account_id is null or o.account_id = input.account_id) for update of o),
   moved as (
     update orders o set status = input.to_status, payment_status = coalesce(input.payment_status, o.payment_status),
       version = o.version + 1, updated_at = input.at
     from found, input where o.id = (select id from found) and found.status = any (input.allowed) returning o.*),
   transition as (
     insert into order_transitions (order_id, version, from_status, to_status, actor, reason, at)
     select moved.id, moved.version, found.status, moved.status, actor, reason, at from moved, found, input returning 1),
   event as (
     insert into outbox (id, topic, key, data, traceparent)
     select (event->>'id')::uuid, event->>'topic', event->>'key',
       jsonb_strip_nulls(jsonb_build_object('order', ${stateJson("moved")}, 'reason', event->>'reason')),
       event->>'traceparent'
     from moved, input returning 1)
   select jsonb_build_object('status', (select status from found), 'order', (select ${orderJson("moved")} from moved),
     'rows', (select count(*) from transition) + (select count(*) from event))::text`,
);

/**
 * Expires what is unpaid since then, the oldest first, and leaves out what somebody else is moving just now. Ids of the
 * events come from the database: only the statement knows how many there will be.
 */
const expire = sql(
  "order.expire",
  `with input as (
     select * from jsonb_to_record($1::jsonb) as i(before timestamptz, "limit" int, at timestamptz, topic text,
       traceparent text)),
   due as (
     select o.id from orders o
     where o.status = 'pending_payment' and o.created_at <= (select before from input)
     order by o.created_at limit (select "limit" from input) for update of o skip locked),
   moved as (
     update orders o set status = 'expired', payment_status = 'none', version = o.version + 1, updated_at = input.at
     from input where o.id = any (array(select id from due)) returning o.*),
   transition as (
     insert into order_transitions (order_id, version, from_status, to_status, actor, reason, at)
     select id, version, 'pending_payment', status, 'orders', 'not paid', at from moved, input
     on conflict do nothing returning 1),
   event as (
     insert into outbox (id, topic, key, data, traceparent)
     select gen_random_uuid(), topic, moved.id::text, jsonb_build_object('order', ${stateJson("moved")}), traceparent
     from moved, input returning 1)
   select jsonb_build_object('expired', (select count(*) from moved), 'rows',
     (select count(*) from transition) + (select count(*) from event))::text`,
);

const histories = sql(
  "order.histories",
  `select coalesce(jsonb_agg(jsonb_build_object('orderId', o.id, 'transitions', (
     select coalesce(jsonb_agg(jsonb_build_object('from', t.from_status, 'to', t.to_status, 'actor', t.actor,
       'reason', t.reason, 'at', ${instant("t.at")}) order by t.version), '[]')
     from order_transitions t where t.order_id = o.id))), '[]')::text
   from orders o where o.id = any (array(select jsonb_array_elements_text($1::jsonb->'ids')::uuid))
     and ($1::jsonb->>'account_id' is null or o.account_id = ($1::jsonb->>'account_id')::uuid)`,
);

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
  event: OutboxRow;
};
export type Stored = { key: string; requestHash: string; order: Order };
export type Move = {
  id: string;
  /** Whose order it must be; null: anybody's. */
  accountId: string | null;
  to: Reachable;
  payment: PaymentStatus | null;
  allowed: readonly Status[];
  actor: string;
  reason: string;
  at: Date;
  event: Omit<OutboxRow, "data"> & { reason?: string };
};
export type History = { orderId: string; transitions: Transition[] };
type Transition = { from: string; to: string; actor: string; reason: string; at: string };

export type OrderStore = ReturnType<typeof createOrderStore>;

export function createOrderStore(database: Database) {
  return {
    /** Those that were placed, by id, with their people's names; the others' keys were taken. */
    async place(orders: NewOrder[], context: CallContext): Promise<Map<string, string>> {
      const rows = orders.map((order) => ({
        ...order,
        account_id: order.accountId,
        price_total: order.priceTotal,
        reservation_id: order.reservationId,
        idempotency_key: order.idempotencyKey,
        request_hash: order.requestHash,
      }));
      const { placed } = await database.one<{ placed: Record<string, string> }>(place, { orders: rows }, context);
      return new Map(Object.entries(placed));
    },
    byKeys(keys: { accountId: string; key: string }[], context: CallContext): Promise<Stored[]> {
      const wanted = keys.map(({ accountId, key }) => ({ accountId, key }));
      return inHalves(wanted, (some) => database.one<Stored[]>(byKeys, { keys: some }, context));
    },
    /** `accountId` null: anybody's. */
    async byIds(ids: string[], accountId: string | null, context: CallContext): Promise<Order[]> {
      const ask = (some: readonly string[]) =>
        database.one<Order[]>(byIds, { ids: some, account_id: accountId }, context);
      const found = await inHalves([...new Set(ids)], ask);
      const byId = new Map(found.map((order) => [order.id, order]));
      return ids.flatMap((id) => byId.get(id) ?? []);
    },
    /** Newest first, those older than `after`; `accountId` null: everybody's. */
    newest(accountId: string | null, first: number, after: string | undefined, context: CallContext): Promise<Order[]> {
      const page = { first, after: after ?? null };
      return accountId === null
        ? database.one<Order[]>(newestOfAll, page, context)
        : database.one<Order[]>(newestOf, { ...page, account_id: accountId }, context);
    },
    /** `order` is null when it was not moved; `status` is null when there is no such order for that caller. */
    move({ accountId: account_id, to: to_status, payment: payment_status, ...rest }: Move, context: CallContext) {
      type Moved = { status: Status | null; order: Order | null };
      return database.one<Moved>(move, { ...rest, account_id, to_status, payment_status }, context);
    },
    /** Ends at most `limit` of those unpaid since `before`; gives back how many it ended. */
    async expire(before: Date, limit: number, at: Date, context: CallContext): Promise<number> {
      const input = { before, limit, at, topic: topicOf(OrderExpiredSchema), traceparent: currentTraceparent() };
      return (await database.one<{ expired: number }>(expire, input, context)).expired;
    },
    /** `accountId` null: anybody's. Each order once, in no order; its transitions oldest first. */
    histories: (ids: string[], accountId: string | null, context: CallContext) =>
      database.one<History[]>(histories, { ids: [...new Set(ids)], account_id: accountId }, context),
  };
}
