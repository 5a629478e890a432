import type { CallContext } from "@sidecart/platform/call";
import { type Database, instant, sql } from "@sidecart/platform/database";
import type { OutboxRow } from "@sidecart/platform/events";
import type { Order, OrderLine, PaymentStatus, Status } from "./order.ts";

const orderJson = (o: string) => `jsonb_build_object('id', ${o}.id, 'accountId', ${o}.account_id, 'status', ${o}.status,
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
     on conflict do nothing returning id),
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
     insert into outbox (id, topic, key, data, traceparent)
     select (event->>'id')::uuid, event->>'topic', event->>'key', event->'data', event->>'traceparent'
     from placed join input i using (id) returning 1)
   select jsonb_build_object('placed', (select coalesce(jsonb_agg(id), '[]') from placed), 'rows',
     (select count(*) from lines) + (select count(*) from transition) + (select count(*) from event))::text`,
);

const byKeys = sql(
  "order.by-keys",
  `select coalesce(jsonb_agg(jsonb_build_object('key', o.idempotency_key, 'requestHash', o.request_hash,
     'order', ${orderJson("o")})), '[]')::text
   from jsonb_array_elements_text($1::jsonb->'keys') as wanted(key)
     join orders o on o.account_id = ($1::jsonb->>'account_id')::uuid and o.idempotency_key = wanted.key`,
);

const byIds = sql(
  "order.by-ids",
  `select coalesce(jsonb_agg(${orderJson("o")}), '[]')::text
   from jsonb_array_elements_text($1::jsonb->'ids') as wanted(id) join orders o on o.id = wanted.id::uuid
   where $1::jsonb->>'account_id' is null or o.account_id = ($1::jsonb->>'account_id')::uuid`,
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
     where o.id = input.id and (input.account_id is null or o.account_id = input.account_id) for update of o),
   moved as (
     update orders o set status = input.to_status, payment_status = coalesce(input.payment_status, o.payment_status),
       version = o.version + 1, updated_at = input.at
     from found, input where o.id = found.id and found.status = any (input.allowed) returning o.*),
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

const unpaid = sql(
  "order.unpaid",
  `with due as (
     select id from orders where status = 'pending_payment' and created_at <= ($1::jsonb->>'before')::timestamptz
     order by created_at limit 200)
   select coalesce(jsonb_agg(id), '[]')::text from due`,
);

const histories = sql(
  "order.histories",
  `select coalesce(jsonb_agg(jsonb_build_object('orderId', o.id, 'transitions', (
     select coalesce(jsonb_agg(jsonb_build_object('from', t.from_status, 'to', t.to_status, 'actor', t.actor,
       'reason', t.reason, 'at', ${instant("t.at")}) order by t.version), '[]')
     from order_transitions t where t.order_id = o.id))), '[]')::text
   from jsonb_array_elements_text($1::jsonb->'ids') as wanted(id) join orders o on o.id = wanted.id::uuid
   where $1::jsonb->>'account_id' is null or o.account_id = ($1::jsonb->>'account_id')::uuid`,
);

export type NewOrder = {
  id: string;
  accountId: string;
  quantity: number;
  priceTotal: number;
  currency: string;
  reservationId: string;
  idempotencyKey: string | null;
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
  to: Status;
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
    /** The ids that were placed; the others' keys were taken. */
    async place(orders: NewOrder[], context: CallContext): Promise<Set<string>> {
      const rows = orders.map((order) => ({
        ...order,
        account_id: order.accountId,
        price_total: order.priceTotal,
        reservation_id: order.reservationId,
        idempotency_key: order.idempotencyKey,
        request_hash: order.requestHash,
      }));
      const { placed } = await database.one<{ placed: string[] }>(place, { orders: rows }, context);
      return new Set(placed);
    },
    byKeys: (accountId: string, keys: string[], context: CallContext) =>
      database.one<Stored[]>(byKeys, { account_id: accountId, keys: [...new Set(keys)] }, context),
    /** `accountId` null: anybody's. */
    async byIds(ids: string[], accountId: string | null, context: CallContext): Promise<Order[]> {
      const found = await database.one<Order[]>(byIds, { ids: [...new Set(ids)], account_id: accountId }, context);
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
    unpaidBefore: (before: Date, context: CallContext) => database.one<string[]>(unpaid, { before }, context),
    /** `accountId` null: anybody's. Each order once, in no order; its transitions oldest first. */
    histories: (ids: string[], accountId: string | null, context: CallContext) =>
      database.one<History[]>(histories, { ids: [...new Set(ids)], account_id: accountId }, context),
  };
}
