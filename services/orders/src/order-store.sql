-- fragment: username(o)
coalesce((select k.username from known_accounts k where k.id = :o.account_id), '')

-- fragment: order_json(o)
jsonb_build_object('id', :o.id, 'accountId', :o.account_id, 'username', :username(:o), 'status', :o.status,
  'paymentStatus', :o.payment_status, 'quantity', :o.quantity, 'priceTotal', :o.price_total, 'currency', :o.currency,
  'version', :o.version, 'createdAt', :instant(:o.created_at), 'lines', (
    select coalesce(jsonb_agg(jsonb_build_object('productId', l.product_id, 'name', l.name, 'quantity', l.quantity,
      'price', l.price) order by l.product_id), '[]') from order_lines l where l.order_id = :o.id))

-- An order event's data: proto JSON of OrderState.
-- fragment: state_json(o)
jsonb_build_object('id', :o.id, 'accountId', :o.account_id, 'status', :o.status, 'reservationId', :o.reservation_id,
  'priceTotal', :o.price_total::text, 'currency', :o.currency, 'version', :o.version, 'lines', (
    select coalesce(jsonb_agg(jsonb_build_object('productId', l.product_id, 'quantity', l.quantity,
      'price', l.price::text) order by l.product_id), '[]') from order_lines l where l.order_id = :o.id))

-- Inserts many orders with their lines, first transitions and events. An order whose idempotency key exists is skipped.
-- The rows are inserted in the order of their keys, so that two batches with the same keys cannot deadlock. An event's
-- key is the id of its order.
-- name: order.place
with input as (
  select * from :records($1::jsonb->'orders', id uuid, account_id uuid, quantity int, price_total bigint, currency text,
    reservation_id uuid, idempotency_key text, request_hash text, at timestamptz, lines jsonb, event_id uuid,
    traceparent text) as o),
placed as (
  insert into orders (id, account_id, status, payment_status, quantity, price_total, currency, reservation_id,
    idempotency_key, request_hash, created_at, updated_at)
  select id, account_id, 'pending_payment', 'pending', quantity, price_total, currency, reservation_id,
    idempotency_key, request_hash, at, at from input order by account_id, idempotency_key, id
  on conflict do nothing returning id, account_id),
lines as (
  insert into order_lines (order_id, product_id, name, quantity, price)
  select i.id, l.product_id, l.name, l.quantity, l.price
  from placed join input i using (id),
    :records(i.lines, product_id uuid, name text, quantity int, price bigint) as l),
transition as (
  insert into order_transitions (order_id, version, from_status, to_status, actor, reason, at, event_id, traceparent)
  select i.id, 1, '', 'pending_payment', i.account_id::text, 'placed', i.at, i.event_id, i.traceparent
  from placed join input i using (id)),
written as (:write_claimed_events(
  select e.* from placed join (:given_events()) as e on e.key = placed.id::text))
select jsonb_build_object('placed', (select coalesce(jsonb_object_agg(placed.id, :username(placed)), '{}') from placed),
  :answer_given_events(written))::text

-- name: order.by-keys
select coalesce(jsonb_agg(jsonb_build_object('key', o.idempotency_key, 'requestHash', o.request_hash,
  'order', :order_json(o))), '[]')::text
from :records($1::jsonb->'keys', account_id uuid, key text) as wanted, lateral (
  select * from orders where account_id = wanted.account_id and idempotency_key = wanted.key limit 1) as o

-- name: order.by-ids
with input as (:input(ids uuid[], account_id uuid))
select coalesce(jsonb_agg(:order_json(o)), '[]')::text
from orders o, input
where o.id = any (array(select unnest(ids) from input)) and (input.account_id is null or o.account_id = input.account_id)

-- name: order.newest-of
with input as (:input(account_id uuid, first int, after uuid)),
page as (
  select * from orders where account_id = (select account_id from input)
    and id < coalesce((select after from input), 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  order by id desc limit (select first from input))
select coalesce(jsonb_agg(:order_json(page) order by page.id desc), '[]')::text from page

-- name: order.newest-of-all
with input as (:input(first int, after uuid)),
page as (
  select * from orders where id < coalesce((select after from input), 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  order by id desc limit (select first from input))
select coalesce(jsonb_agg(:order_json(page) order by page.id desc), '[]')::text from page

-- Moves an order to another status, if its current status allows that and the order belongs to the caller.
-- name: order.move
with input as (:input(id uuid, account_id uuid, to_status text, payment_status text, allowed text[], actor text,
  reason text, at timestamptz, event jsonb)),
found as (
  select o.* from orders o, input
  where o.id = (select id from input) and (input.account_id is null or o.account_id = input.account_id) for update of o),
moved as (
  update orders o set status = input.to_status, payment_status = coalesce(input.payment_status, o.payment_status),
    version = o.version + 1, updated_at = input.at
  from found, input where o.id = (select id from found) and found.status = any (input.allowed) returning o.*),
transition as (
  insert into order_transitions (order_id, version, from_status, to_status, actor, reason, at, event_id, traceparent)
  select moved.id, moved.version, found.status, moved.status, actor, reason, at, (event->>'id')::uuid,
    event->>'traceparent' from moved, found, input),
written as (:write_events(
  select :event_row(event,
    jsonb_strip_nulls(jsonb_build_object('order', :state_json(moved), 'reason', event->>'reason')))
  from moved, input))
select jsonb_build_object('status', (select status from found), 'order', (select :order_json(moved) from moved),
  :answer_events(written))::text

-- Expires unpaid orders created before `before`, oldest first, and skips orders that are locked by another statement.
-- The database generates the ids of the events, because only the statement knows how many there are.
-- name: order.expire
with input as (:input(before timestamptz, limit int, at timestamptz, topic text, traceparent text)),
due as (
  select o.id from orders o
  where o.status = 'pending_payment' and o.created_at <= (select before from input)
  order by o.created_at limit (select "limit" from input) for update of o skip locked),
moved as (
  update orders o set status = 'expired', payment_status = 'none', version = o.version + 1, updated_at = input.at
  from input where o.id = any (array(select id from due)) returning o.*, gen_random_uuid() as event_id),
transition as (
  insert into order_transitions (order_id, version, from_status, to_status, actor, reason, at, event_id, traceparent)
  select id, version, 'pending_payment', status, 'orders', 'not paid', at, event_id, traceparent from moved, input
  on conflict do nothing),
written as (:write_events(
  select :new_event_row(event_id, topic, traceparent, moved.id::text,
    jsonb_build_object('order', :state_json(moved)))
  from moved, input))
select jsonb_build_object('expired', (select count(*) from moved), :answer_events(written))::text

-- name: order.histories
with input as (:input(ids uuid[], account_id uuid))
select coalesce(jsonb_agg(jsonb_build_object('orderId', o.id, 'reservationId', o.reservation_id, 'transitions', (
  select coalesce(jsonb_agg(jsonb_build_object('from', t.from_status, 'to', t.to_status, 'actor', t.actor,
    'reason', t.reason, 'at', :instant(t.at), 'eventId', coalesce(t.event_id::text, ''),
    'traceparent', coalesce(t.traceparent, '')) order by t.version), '[]')
  from order_transitions t where t.order_id = o.id))), '[]')::text
from orders o, input
where o.id = any (array(select unnest(ids) from input)) and (input.account_id is null or o.account_id = input.account_id)
