import { type Database, type Statement, sql } from "@sidecart/platform/database";
import type { WrittenRow } from "@sidecart/platform/events";
import { claimedUntil, topicOf, writtenRow } from "@sidecart/platform/events";
import type { CallContext } from "@sidecart/platform/rpc";
import { AppError } from "@sidecart/platform/rpc";
import type { WithDatabase } from "@sidecart/platform/run";
import { currentTraceparent } from "@sidecart/platform/telemetry";
import { StockChangedSchema, StockDepletedSchema } from "@sidecart/proto/catalog/v1/events";
import { catalogErrors } from "./errors.ts";
import { noted } from "./index-queue-store.ts";
import type { Outcome, PricedLine, Wanted } from "./reservation.ts";

/** Reservations that one statement ends. */
const most = 500;

/**
 * A UUIDv7 (RFC 9562) made by the statement: only it knows how many events there will be. Spelled out, since Postgres
 * has a function for it from 18 on: a random one, with the milliseconds of `clock` and the version before its last 19 digits.
 */
const newEventId = `((select text from clock) || substr(gen_random_uuid()::text, 16))::uuid`;
/** Told once in a statement: 018f2a3b-4c5d-7 */
const clock = `clock as (
     select overlay(lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') placing '-' from 9 for 0)
       || '-7' as text)`;

/**
 * Events of the products a statement changed, one a product, and a note for search of those that came into stock or are no
 * longer. `gained`: by how much what can be ordered changed.
 */
const stockEvents = (changed: string, cause: string, claimed = "now()") => `${noted(
  `select id from ${changed} where (on_hand > reserved) <> (on_hand - reserved > gained)`,
)},
   ${clock},
   event as (
     insert into outbox (id, topic, key, data, traceparent, claimed_until)
     select ${newEventId}, '${topicOf(StockChangedSchema)}', id::text, jsonb_build_object('productId', id,
       'stock', on_hand - reserved, 'version', version, 'cause', '${cause}'), (select traceparent from input), ${claimed}
     from ${changed}
     union all
     select ${newEventId}, '${topicOf(StockDepletedSchema)}', id::text,
       jsonb_build_object('productId', id, 'version', version), (select traceparent from input), ${claimed}
     from ${changed} where on_hand = reserved and gained < 0
     returning *)`;

/**
 * Takes many reservations at once. Products are locked in the order of their ids, then a running sum for each product
 * decides who fits: a reservation is taken when each of its lines fits behind all the earlier ones. That is careful
 * rather than exact (an earlier one may itself be refused), so what a neighbour stood in the way of is answered
 * `contended` and asked again. So is what was refused over a product that changed while its lock was waited for (the
 * row that was locked is not the one `seen` before): the same reservation may have been taken meanwhile.
 *
 * Every statement here takes its locks in one order, so that none waits in a circle: reservations that exist, by id;
 * products, by id; new reservations, by id. It changes reservations after that, since a change that is not yet
 * committed makes whoever inserts the same id wait as well.
 */
const reserve = sql(
  "reservation.reserve",
  `with input as (
     select * from jsonb_to_record($1::jsonb) as i(reservations jsonb, at timestamptz, expires_at timestamptz,
       traceparent text)),
   asked as (
     select r.id, r.place, l.product_id, l.quantity
     from input, jsonb_to_recordset(reservations) as r(id uuid, place int, lines jsonb),
       jsonb_to_recordset(r.lines) as l(product_id uuid, quantity int)),
   known as (
     select r.id, r.lines, r.expires_at, case when r.status <> 'open' then 'closed'
       when r.expires_at <= input.at then 'expired' else 'reserved' end as status
     from reservations r, input where r.id = any (array(select id from asked)) order by r.id for update of r),
   fresh as (select * from asked where id not in (select id from known)),
   seen as (
     select id, version from products where id = any (array(select product_id from fresh)) and deleted_at is null),
   locked as (
     select * from products where id = any (array(select product_id from fresh)) and deleted_at is null
     order by id for update),
   fitted as (
     select f.id, f.place, f.product_id, f.quantity, p.id is null as missing, p.version is distinct from s.version as stale,
       f.quantity > p.on_hand - p.reserved as short,
       sum(f.quantity) over (partition by f.product_id order by f.place) > p.on_hand - p.reserved as crowded,
       jsonb_build_object('productId', p.id, 'quantity', f.quantity, 'price', p.price, 'currency', p.currency,
         'name', p.name, 'partnerId', p.partner_id) as line
     from fresh f left join locked p on p.id = f.product_id left join seen s on s.id = f.product_id),
   judged as (
     select id, min(place) as place, bool_or(missing) as missing, bool_or(coalesce(short, false)) as short,
       bool_or(coalesce(crowded, false)) as crowded, bool_or(stale) as stale, jsonb_agg(line order by product_id) as lines,
       coalesce(jsonb_agg(product_id) filter (where missing), '[]') as missing_ids,
       coalesce(jsonb_agg(product_id) filter (where short), '[]') as short_ids
     from fitted group by id),
   taken as (
     insert into reservations (id, status, lines, created_at, expires_at)
     select id, 'open', lines, input.at, input.expires_at from judged, input
     where not missing and not short and not crowded order by id
     on conflict (id) do nothing returning id),
   renewed as (
     update reservations r set expires_at = greatest(r.expires_at, input.expires_at) from known k, input
     where r.id = k.id and k.status = 'reserved' and k.expires_at is not null and (select count(*) from taken) >= 0
     returning 1),
   sums as (
     select f.product_id, sum(f.quantity)::int as quantity from fitted f join taken t on t.id = f.id group by f.product_id),
   changed as (
     update products p set reserved = p.reserved + s.quantity, version = p.version + 1, updated_at = input.at
     from sums s, input where p.id = s.product_id and p.id = any (array(select product_id from sums))
     returning p.*, -s.quantity as gained),
   ${stockEvents("changed", "reserve", claimedUntil)}
   select jsonb_build_object('events', (select coalesce(json_agg(${writtenRow}), '[]') from event), 'renewed', (select count(*) from renewed), 'outcomes',
     coalesce((select jsonb_agg(jsonb_build_object('id', id, 'status', case
         when (missing or short) and stale then 'contended' when missing then 'unknown-product' when short then 'out-of-stock' when crowded then 'contended'
         when id in (select id from taken) then 'reserved' else 'contended' end,
       'lines', lines, 'productIds', case when missing then missing_ids when short then short_ids else '[]' end)) from judged), '[]')
     || coalesce((select jsonb_agg(jsonb_build_object('id', id, 'lines', lines, 'productIds', '[]'::jsonb,
       'status', status)) from known), '[]'))::text`,
);

/** What an act does to the stock of a reservation that is in a given state, for each unit; null: nothing. */
type Acts = Partial<Record<"open" | "expired" | "sold", { reserved: number; onHand: number } | null>>;

const back = { reserved: -1, onHand: 0 };
const acts = {
  /** An order stands behind the reservation now: it no longer expires by itself. */
  hold: { becomes: "open", from: { open: null, expired: { reserved: 1, onHand: 0 } } },
  /** It leaves the house. */
  sell: { becomes: "sold", from: { open: { reserved: -1, onHand: -1 }, expired: { reserved: 0, onHand: -1 } } },
  /** What was sold and then cancelled comes back, whichever of the two events is heard first. */
  release: { becomes: "released", from: { open: back, sold: { reserved: 0, onHand: 1 }, expired: null } },
  giveBack: { becomes: "released", from: { open: back } },
  expire: { becomes: "expired", from: { open: back } },
} as const satisfies Record<string, { becomes: string; from: Acts }>;
type Act = keyof typeof acts;

const list = (from: Acts) => Object.keys(from).map((status) => `'${status}'`);
const units = (from: Acts) =>
  Object.entries(from).flatMap(([status, unit]) => (unit ? `('${status}', ${unit.reserved}, ${unit.onHand})` : []));

/**
 * Moves reservations to another state, and their stock with them. Those in a state that the act does not come from are
 * left alone. `allowed` is asked when everything is locked: nothing is changed when it is false.
 */
const move = (act: Act, cause: string, which: string, middle: string, allowed: string, answer: string) => `
   with input as (
     select * from jsonb_to_record($1::jsonb) as i(ids uuid[], at timestamptz, traceparent text, event_id uuid)),
   moving as (
     select r.id, r.lines, r.status from reservations r, input
     where r.status in (${list(acts[act].from)}) and ${which} order by r.id limit ${most} for update of r),
   units as (
     select (l->>'productId')::uuid as product_id, sum((l->>'quantity')::int * u.reserved)::int as reserved,
       sum((l->>'quantity')::int * u.on_hand)::int as on_hand
     from moving m join (values ${units(acts[act].from)}) as u(status, reserved, on_hand) on u.status = m.status,
       jsonb_array_elements(m.lines) l group by 1),
   locked as (select * from products where id = any (array(select product_id from units)) order by id for update),
   ${middle}
   changed as (
     update products p set reserved = p.reserved + u.reserved, on_hand = p.on_hand + u.on_hand,
       version = p.version + 1, updated_at = input.at
     from units u join locked k on k.id = u.product_id, input where p.id = u.product_id and ${allowed}
     returning p.*, u.on_hand - u.reserved as gained),
   moved as (
     update reservations r set status = '${acts[act].becomes}',
       closed_at = ${acts[act].becomes === "open" ? "null" : "input.at"},
       expires_at = ${act === "hold" ? "null" : "r.expires_at"}
     from moving m, input where r.id = m.id and ${allowed} and (select count(*) from changed) >= 0 returning r.id),
   ${stockEvents("changed", cause)}
   select jsonb_build_object('moved', (select count(*) from moved), 'events', (select count(*) from event) ${answer})::text`;

const these = "r.id = any (array(select unnest(ids) from input))";
const isDue = "r.expires_at <= (select at from input)";
const due = `${isDue} and r.id = any (array(
     select r.id from reservations r where r.status = 'open' and ${isDue} order by r.expires_at limit ${most}))`;

/**
 * The same for an event, with its inbox row: the second delivery changes nothing. What cannot be done is answered in
 * `lost` and leaves no inbox row, so that the event can be handled again: the reservation is unknown, or it has expired
 * and its stock was given to others.
 */
const moveOnce = (act: "hold" | "sell" | "release") =>
  move(
    act,
    act === "hold" ? "reserve" : act,
    these,
    `unknown as (
       select id from input, unnest(ids) as asked(id)
       where id <> all (array(select r.id from reservations r where ${these}))),
     short as (
       select u.product_id from units u join locked k on k.id = u.product_id
       where k.on_hand + u.on_hand < k.reserved + u.reserved),
     before as (select 1 from inbox i, input where i.event_id = input.event_id and i.handler = '${act}'),
     fresh as (
       insert into inbox (event_id, handler) select event_id, '${act}' from input
       where not exists (select from unknown) and not exists (select from short) on conflict do nothing returning 1),`,
    "exists (select from fresh)",
    `, 'lost', not exists (select from before) and (exists (select from unknown) or exists (select from short))`,
  );

const giveBack = sql("reservation.release", move("giveBack", "release", these, "", "true", ""));
const expire = sql("reservation.expire", move("expire", "expire", due, "", "true", ""));
const expireThese = sql("reservation.expire-these", move("expire", "expire", `${isDue} and ${these}`, "", "true", ""));
const holdOnce = sql("reservation.hold-once", moveOnce("hold"));
/**
 * The same as hold-once for many events whose reservations are open, which is nearly always: then no stock is moved. What
 * is not among `held` is left to hold-once.
 */
const holdOpen = sql(
  "reservation.hold-open",
  `with asked as (select * from jsonb_to_recordset($1::jsonb->'holds') as h(id uuid, event_id uuid)),
   locked as (
     select id, status from reservations where id = any (array(select id from asked)) order by id for update),
   open as (select a.* from asked a join locked k on k.id = a.id where k.status = 'open'),
   fresh as (
     insert into inbox (event_id, handler) select event_id, 'hold' from open order by event_id
     on conflict do nothing returning event_id),
   held as (
     update reservations set expires_at = null
     where id = any (array(select id from open where event_id = any (array(select event_id from fresh))))
       and expires_at is not null returning 1)
   select jsonb_build_object('held', (select coalesce(jsonb_agg(event_id), '[]') from open),
     'changed', (select count(*) from held))::text`,
);
const sellOnce = sql("reservation.sell-once", moveOnce("sell"));
const releaseOnce = sql("reservation.release-once", moveOnce("release"));

/** No order ends this late, and no event comes again after it (the inbox forgets after 14 days). */
const prune = sql(
  "reservation.prune",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(at timestamptz)),
   old as (
     select r.id from reservations r
     where r.closed_at < (select at from input) - interval '30 days' order by r.closed_at limit ${most} for update of r skip locked),
   gone as (delete from reservations where id = any (array(select id from old)) returning 1)
   select jsonb_build_object('gone', (select count(*) from gone))::text`,
);

type RawOutcome = Omit<Outcome, "status"> & { status: Outcome["status"] | "contended" | "expired" };

/** A reservation that an order stands behind, and the event that says so. */
export type Hold = { id: string; eventId: string };

export type ReservationStore = ReturnType<typeof createReservationStore>;

/** `publish` is given the events of reservations, which their statement claimed. Of other events `kickOutbox` is told. */
export function createReservationStore(database: Database, outbox: Pick<WithDatabase, "publish" | "kickOutbox">) {
  const run = <T>(statement: Statement, ids: string[] | null, at: Date, context: CallContext, eventId?: string) =>
    database.one<T>(statement, { ids, at, traceparent: currentTraceparent(), event_id: eventId ?? null }, context);
  const once =
    (statement: Statement) =>
    async (id: string, at: Date, context: CallContext, eventId: string): Promise<number> => {
      const { moved, lost } = await run<{ moved: number; lost: boolean }>(statement, [id], at, context, eventId);
      if (lost)
        throw new AppError(catalogErrors.reservationLost, { message: `The stock of reservation ${id} is gone.` });
      return moved;
    };
  /** Ends those whose time is over, of these or of all; gives back how many. */
  const expireDue = (ids: string[] | null, at: Date, context: CallContext): Promise<number> =>
    untilDone(async () => (await run<{ moved: number }>(ids ? expireThese : expire, ids, at, context)).moved);
  return {
    /**
     * Decides every reservation; the first of those left always is, unless others go on changing its products. One that
     * is there already gets its time anew; one whose time is over is closed, whether a sweep came by or not.
     */
    async reserve(wanted: Wanted[], at: Date, expiresAt: Date, context: CallContext): Promise<Map<string, Outcome>> {
      const outcomes = new Map<string, Outcome>();
      const expired: string[] = [];
      for (let left = wanted; left.length > 0; left = left.filter((one) => !outcomes.has(one.id))) {
        const reservations = left.map(({ id, lines }, place) => ({ id, place, lines: lines.map(lineInput) }));
        const input = { reservations, at, expires_at: expiresAt, traceparent: currentTraceparent() };
        const answer = await database.one<{ outcomes: RawOutcome[]; events: WrittenRow[] }>(reserve, input, context);
        outbox.publish(answer.events);
        for (const { status, ...rest } of answer.outcomes) {
          if (status === "contended") continue;
          if (status === "expired") expired.push(rest.id);
          outcomes.set(rest.id, { ...rest, status: status === "expired" ? "closed" : status });
        }
      }
      if (expired.length > 0 && (await expireDue(expired, at, context)) > 0) outbox.kickOutbox();
      return outcomes;
    },
    /** Gives back what is open of these; the number of reservations that were. */
    async release(ids: string[], at: Date, context: CallContext): Promise<number> {
      return (await run<{ moved: number }>(giveBack, ids, at, context)).moved;
    },
    expire: (at: Date, context: CallContext) => expireDue(null, at, context),
    /** Holds what is open of these for the orders that stand behind it; gives back the events that are done with that. */
    async holdOpen(holds: Hold[], context: CallContext): Promise<Set<string>> {
      const rows = holds.map(({ id, eventId }) => ({ id, event_id: eventId }));
      return new Set((await database.one<{ held: string[] }>(holdOpen, { holds: rows }, context)).held);
    },
    /** For the events of an order. They throw RESERVATION_LOST when stock that an order counts on is not there. */
    holdOnce: once(holdOnce),
    sellOnce: once(sellOnce),
    releaseOnce: once(releaseOnce),
    /** Forgets those that ended more than 30 days ago. */
    prune: (at: Date, context: CallContext) =>
      untilDone(async () => (await database.one<{ gone: number }>(prune, { at }, context)).gone),
  };
}

const lineInput = (line: Pick<PricedLine, "productId" | "quantity">) => ({
  product_id: line.productId,
  quantity: line.quantity,
});

/** Repeats a statement until it finds fewer rows than it takes at once; answers how many all of them were. */
async function untilDone(statement: () => Promise<number>): Promise<number> {
  for (let total = 0; ; ) {
    const rows = await statement();
    total += rows;
    if (rows < most) return total;
  }
}
