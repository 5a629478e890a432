-- include: index-queue-store.sql

-- Every statement here takes its locks in one order, so that none waits in a circle: reservations that exist, by id;
-- products, by id; new reservations, by id. It changes reservations after that, since a change that is not yet
-- committed makes whoever inserts the same id wait as well.

-- STOCK EVENTS
-- A statement that changes products has `changed`: the products, with `gained` by how much what can be ordered changed.

-- For search: those that came into stock or are no longer.
-- fragment: note_stock()
:note_for_index(select id from changed where (on_hand > reserved) <> (on_hand - reserved > gained))

-- What the ids of its events begin with: a UUIDv7 (RFC 9562) up to its version, such as 018f2a3b-4c5d-7.
-- fragment: event_clock()
select overlay(lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') placing '-' from 9 for 0)
  || '-7' as text

-- Made by the statement: only it knows how many events there will be. Spelled out, since Postgres has a function for it
-- from 18 on: a random one, with another beginning.
-- fragment: event_id()
((select text from clock) || substr(gen_random_uuid()::text, 16))::uuid

-- One event a product, and one more where nothing is left.
-- fragment: stock_events(cause)
select :new_event_row(:event_id(), :stock_changed, (select traceparent from input), id::text,
  jsonb_build_object('productId', id, 'stock', on_hand - reserved, 'version', version, 'cause', :cause))
from changed
union all
select :new_event_row(:event_id(), :stock_depleted, (select traceparent from input), id::text,
  jsonb_build_object('productId', id, 'version', version))
from changed where on_hand = reserved and gained < 0

-- RESERVING
-- Takes many reservations at once. Products are locked in the order of their ids, then a running sum for each product
-- decides who fits: a reservation is taken when each of its lines fits behind all the earlier ones. That is careful
-- rather than exact (an earlier one may itself be refused), so what a neighbour stood in the way of is answered
-- `contended` and asked again. So is what was refused over a product that changed while its lock was waited for (the
-- row that was locked is not the one `seen` before): the same reservation may have been taken meanwhile.
-- name: reservation.reserve
with input as (:input(reservations jsonb, at timestamptz, expires_at timestamptz, traceparent text)),
asked as (
  select r.id, r.place, l.product_id, l.quantity
  from input, :records(reservations, id uuid, place int, lines jsonb) as r,
    :records(r.lines, product_id uuid, quantity int) as l),
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
    bool_or(coalesce(crowded, false)) as crowded, bool_or(stale) as stale,
    coalesce(jsonb_agg(line order by product_id) filter (where not missing), '[]') as lines,
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
  where r.id = k.id and k.status = 'reserved' and k.expires_at is not null and (select count(*) from taken) >= 0),
sums as (
  select f.product_id, sum(f.quantity)::int as quantity from fitted f join taken t on t.id = f.id group by f.product_id),
changed as (
  update products p set reserved = p.reserved + s.quantity, version = p.version + 1, updated_at = input.at
  from sums s, input where p.id = s.product_id and p.id = any (array(select product_id from sums))
  returning p.*, -s.quantity as gained),
noted as (:note_stock()),
clock as (:event_clock()),
written as (:write_claimed_events(:stock_events('reserve')))
select jsonb_build_object(:answer_claimed_events(written), 'outcomes',
  coalesce((
    select jsonb_agg(jsonb_build_object('id', id, 'status', case
        when (missing or short) and stale then 'contended' when missing then 'unknown-product' when short then 'out-of-stock'
        when crowded then 'contended' when id in (select id from taken) then 'reserved' else 'contended' end,
      'lines', lines, 'productIds', case when missing then missing_ids when short then short_ids else '[]' end))
    from judged), '[]')
  || coalesce((
    select jsonb_agg(jsonb_build_object('id', id, 'lines', lines, 'productIds', '[]'::jsonb, 'status', status))
    from known), '[]'))::text

-- MOVING
-- Moves reservations to another state, and their stock with them. Those in a state that the act does not come from are
-- left alone. `moved` is told whether it may when everything is locked.

-- Finds and locks the reservations in `states`.
-- fragment: moving(states, condition)
with input as (:input(ids uuid[], at timestamptz, traceparent text, event_id uuid)),
moving as (
  select r.id, r.lines, r.status from reservations r, input
  where r.status in :states and :condition order by r.id limit :most for update of r)

-- Finds and locks their products. `units`: what becomes of the stock of a reservation in a state, for each unit.
-- fragment: stock(units)
units as (
  select (l->>'productId')::uuid as product_id, sum((l->>'quantity')::int * u.reserved)::int as reserved,
    sum((l->>'quantity')::int * u.on_hand)::int as on_hand
  from moving m join :units as u(status, reserved, on_hand) on u.status = m.status,
    jsonb_array_elements(m.lines) l group by 1),
locked as (select * from products where id = any (array(select product_id from units)) order by id for update)

-- Writes what becomes of both.
-- fragment: moved(allowed, becomes)
changed as (
  update products p set reserved = p.reserved + u.reserved, on_hand = p.on_hand + u.on_hand,
    version = p.version + 1, updated_at = input.at
  from units u join locked k on k.id = u.product_id, input where p.id = u.product_id and :allowed
  returning p.*, u.on_hand - u.reserved as gained),
moved as (
  update reservations r set :becomes
  from moving m, input where r.id = m.id and :allowed and (select count(*) from changed) >= 0 returning r.id),
noted as (:note_stock()),
clock as (:event_clock())

-- fragment: these()
r.id = any (array(select unnest(ids) from input))

-- fragment: over()
r.expires_at <= (select at from input)

-- For events, with their inbox row: the second delivery changes nothing. What cannot be done is answered in `lost` and
-- leaves no inbox row, so that the event can be handled again: the reservation is unknown, or it has expired and its
-- stock was given to others.
-- fragment: once(handler)
unknown as (
  select id from input, unnest(ids) as asked(id)
  where id <> all (array(select r.id from reservations r where :these()))),
short as (
  select u.product_id from units u join locked k on k.id = u.product_id
  where k.on_hand + u.on_hand < k.reserved + u.reserved),
before as (select 1 from inbox i, input where i.event_id = input.event_id and i.handler = :handler),
fresh as (:handle_once(:handler,
  select event_id from input where not exists (select from unknown) and not exists (select from short)))

-- fragment: answer_once()
'lost', not exists (select from before) and (exists (select from unknown) or exists (select from short))

-- Gives back what is open.
-- name: reservation.release
:moving(('open'), :these()),
:stock((values ('open', -1, 0))),
:moved(true, status = 'released', closed_at = input.at),
written as (:write_events(:stock_events('release')))
select jsonb_build_object('moved', (select count(*) from moved), :answer_events(written))::text

-- name: reservation.expire
:moving(('open'), :over() and r.id = any (array(
  select r.id from reservations r where r.status = 'open' and :over() order by r.expires_at limit :most))),
:stock((values ('open', -1, 0))),
:moved(true, status = 'expired', closed_at = input.at),
written as (:write_events(:stock_events('expire')))
select jsonb_build_object('moved', (select count(*) from moved), :answer_events(written))::text

-- name: reservation.expire-these
:moving(('open'), :over() and :these()),
:stock((values ('open', -1, 0))),
:moved(true, status = 'expired', closed_at = input.at),
written as (:write_events(:stock_events('expire')))
select jsonb_build_object('moved', (select count(*) from moved), :answer_events(written))::text

-- An order stands behind the reservation now: it no longer expires by itself. One that has expired takes its stock anew.
-- name: reservation.hold-once
:moving(('open', 'expired'), :these()),
:stock((values ('expired', 1, 0))),
:once('hold'),
:moved(exists (select from fresh), status = 'open', closed_at = null, expires_at = null),
written as (:write_events(:stock_events('reserve')))
select jsonb_build_object('moved', (select count(*) from moved), :answer_once(), :answer_events(written))::text

-- It leaves the house.
-- name: reservation.sell-once
:moving(('open', 'expired'), :these()),
:stock((values ('open', -1, -1), ('expired', 0, -1))),
:once('sell'),
:moved(exists (select from fresh), status = 'sold', closed_at = input.at),
written as (:write_events(:stock_events('sell')))
select jsonb_build_object('moved', (select count(*) from moved), :answer_once(), :answer_events(written))::text

-- What was sold and then cancelled comes back, whichever of the two events is heard first.
-- name: reservation.release-once
:moving(('open', 'sold', 'expired'), :these()),
:stock((values ('open', -1, 0), ('sold', 0, 1))),
:once('release'),
:moved(exists (select from fresh), status = 'released', closed_at = input.at),
written as (:write_events(:stock_events('release')))
select jsonb_build_object('moved', (select count(*) from moved), :answer_once(), :answer_events(written))::text

-- The same as hold-once for many events whose reservations are open, which is nearly always: then no stock is moved. What
-- is not among `held` is left to hold-once.
-- name: reservation.hold-open
with asked as (select * from :records($1::jsonb->'holds', id uuid, event_id uuid) as h),
locked as (
  select id, status from reservations where id = any (array(select id from asked)) order by id for update),
open as (select a.* from asked a join locked k on k.id = a.id where k.status = 'open'),
fresh as (:handle_once('hold', select event_id from open)),
held as (
  update reservations set expires_at = null
  where id = any (array(select id from open where event_id = any (array(select event_id from fresh))))
    and expires_at is not null)
select jsonb_build_object('held', (select coalesce(jsonb_agg(event_id), '[]') from open))::text

-- No order ends this late, and no event comes again after it (the inbox forgets after 14 days).
-- name: reservation.prune
with input as (:input(at timestamptz)),
old as (
  select r.id from reservations r
  where r.closed_at < (select at from input) - interval '30 days' order by r.closed_at limit :most for update of r skip locked),
gone as (delete from reservations where id = any (array(select id from old)) returning 1)
select jsonb_build_object('gone', (select count(*) from gone))::text
