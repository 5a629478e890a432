import type { CallContext } from "@sidecart/platform/call";
import { type Database, sql } from "@sidecart/platform/database";
import { newId } from "@sidecart/platform/ids";
import { currentTraceparent } from "@sidecart/platform/telemetry";
import { stockChanged, stockDepleted } from "./events.ts";
import type { Outcome, PricedLine, Wanted } from "./reservation.ts";

/**
 * Events of the products a statement changed, one a product. Their ids come from the database: only the statement knows
 * how many there will be. (A random id is enough there: the outbox is read by time of claim, not by id.)
 */
const stockEvents = (changed: string, cause: string) => `event as (
     insert into outbox (id, topic, key, data, traceparent)
     select gen_random_uuid(), '${stockChanged.topic}', id::text, jsonb_build_object('productId', id,
       'stock', on_hand - reserved, 'version', version, 'cause', '${cause}'), (select traceparent from input)
     from ${changed}
     union all
     select gen_random_uuid(), '${stockDepleted.topic}', id::text,
       jsonb_build_object('productId', id, 'version', version), (select traceparent from input)
     from ${changed} where on_hand = reserved and '${cause}' = 'reserve'
     returning 1)`;

/**
 * Takes many reservations at once. Products are locked in the order of their ids, then a running sum for each product
 * decides who fits: a reservation is taken when each of its lines fits behind all the earlier ones. That is careful
 * rather than exact (an earlier one may itself be refused), so what a neighbour stood in the way of is answered
 * `contended` and asked again. So is what was refused over a product that changed while its lock was waited for (the
 * row that was locked is not the one `seen` before): the same reservation may have been taken meanwhile.
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
     select r.id, r.status, r.lines from reservations r where r.id in (select id from asked)),
   fresh as (select * from asked where id not in (select id from known)),
   seen as (
     select id, version from products where id in (select product_id from fresh) and deleted_at is null),
   locked as (
     select * from products where id in (select product_id from fresh) and deleted_at is null order by id for update),
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
   sums as (
     select f.product_id, sum(f.quantity)::int as quantity from fitted f join taken t on t.id = f.id group by f.product_id),
   changed as (
     update products p set reserved = p.reserved + s.quantity, version = p.version + 1, updated_at = input.at
     from sums s, input where p.id = s.product_id returning p.*),
   ${stockEvents("changed", "reserve")}
   select jsonb_build_object('events', (select count(*) from event), 'outcomes',
     coalesce((select jsonb_agg(jsonb_build_object('id', id, 'status', case
         when (missing or short) and stale then 'contended' when missing then 'unknown-product' when short then 'out-of-stock' when crowded then 'contended'
         when id in (select id from taken) then 'reserved' else 'contended' end,
       'lines', lines, 'productIds', case when missing then missing_ids when short then short_ids else '[]' end)) from judged), '[]')
     || coalesce((select jsonb_agg(jsonb_build_object('id', id, 'lines', lines, 'productIds', '[]'::jsonb,
       'status', case status when 'open' then 'reserved' else 'closed' end)) from known), '[]'))::text`,
);

/**
 * Ends reservations: what was promised is given back (released, expired) or leaves the house (sold). What was sold and
 * then cancelled comes back, whichever of the two events is heard first.
 */
const close = (cause: "release" | "expire" | "sell", which: string) => {
  const status = { release: "released", expire: "expired", sell: "sold" }[cause];
  const from = cause === "release" ? "'open', 'sold'" : "'open'";
  const onHand = { release: "+ b.sold", expire: "", sell: "- b.promised" }[cause];
  return `closing as (
     select r.id, r.lines, r.status from reservations r, input where r.status in (${from}) and ${which} order by r.id
     limit 500 for update of r),
   ended as (
     select (l->>'productId')::uuid as product_id, (l->>'quantity')::int as quantity, c.status
     from closing c, jsonb_array_elements(c.lines) l),
   back as (
     select product_id, coalesce(sum(quantity) filter (where status = 'open'), 0)::int as promised,
       coalesce(sum(quantity) filter (where status = 'sold'), 0)::int as sold
     from ended group by product_id),
   locked as (select id from products where id in (select product_id from back) order by id for update),
   changed as (
     update products p set reserved = p.reserved - b.promised, on_hand = p.on_hand ${onHand},
       version = p.version + 1, updated_at = input.at
     from back b join locked k on k.id = b.product_id, input where p.id = b.product_id returning p.*),
   closed as (
     update reservations r set status = '${status}', closed_at = input.at
     from closing c, input where r.id = c.id returning r.id),
   ${stockEvents("changed", cause)}
   select jsonb_build_object('closed', (select count(*) from closed), 'events', (select count(*) from event))::text`;
};

const inputIds = `with input as (
     select * from jsonb_to_record($1::jsonb) as i(ids uuid[], at timestamptz, traceparent text, event_id uuid)),`;
const once = (handler: string) => `fresh as (
     insert into inbox (event_id, handler) select event_id, '${handler}' from input on conflict do nothing returning 1),`;

const release = sql(
  "reservation.release",
  `${inputIds} ${close("release", "r.status = 'open' and r.id = any (input.ids)")}`,
);
const expire = sql("reservation.expire", `${inputIds} ${close("expire", "r.expires_at <= input.at")}`);
const releaseOnce = sql(
  "reservation.release-once",
  `${inputIds} ${once("release")} ${close("release", "r.id = any (input.ids) and exists (select from fresh)")}`,
);
const sellOnce = sql(
  "reservation.sell-once",
  `${inputIds} ${once("sell")} ${close("sell", "r.id = any (input.ids) and exists (select from fresh)")}`,
);

/** An order stands behind the reservation now: it no longer expires by itself. */
const holdOnce = sql(
  "reservation.hold-once",
  `${inputIds} ${once("hold")}
   held as (
     update reservations r set expires_at = null from input
     where r.id = any (input.ids) and r.status = 'open' and exists (select from fresh) returning r.id)
   select jsonb_build_object('held', (select count(*) from held))::text`,
);

type RawOutcome = Omit<Outcome, "status"> & { status: Outcome["status"] | "contended" };
type Closed = { closed: number };

export type ReservationStore = ReturnType<typeof createReservationStore>;

export function createReservationStore(database: Database) {
  const end =
    (statement: typeof release) =>
    (ids: string[], at: Date, context: CallContext, eventId: string = newId()) =>
      database.one<Closed>(statement, { ids, at, traceparent: currentTraceparent(), event_id: eventId }, context);
  return {
    /** Decides every reservation; the first of those left always is, unless others go on changing its products. */
    async reserve(wanted: Wanted[], at: Date, expiresAt: Date, context: CallContext): Promise<Map<string, Outcome>> {
      const outcomes = new Map<string, Outcome>();
      for (let left = wanted; left.length > 0; left = left.filter((one) => !outcomes.has(one.id))) {
        const reservations = left.map(({ id, lines }, place) => ({ id, place, lines: lines.map(lineInput) }));
        const input = { reservations, at, expires_at: expiresAt, traceparent: currentTraceparent() };
        const answer = await database.one<{ outcomes: RawOutcome[] }>(reserve, input, context);
        for (const { status, ...rest } of answer.outcomes) {
          if (status !== "contended") outcomes.set(rest.id, { ...rest, status });
        }
      }
      return outcomes;
    },
    release: end(release),
    /** At most 500 of those whose time is over. */
    expire: (at: Date, context: CallContext) => end(expire)([], at, context),
    releaseOnce: end(releaseOnce),
    sellOnce: end(sellOnce),
    holdOnce: (ids: string[], at: Date, context: CallContext, eventId: string) =>
      database.one<{ held: number }>(holdOnce, { ids, at, traceparent: null, event_id: eventId }, context),
  };
}

const lineInput = (line: Pick<PricedLine, "productId" | "quantity">) => ({
  product_id: line.productId,
  quantity: line.quantity,
});
