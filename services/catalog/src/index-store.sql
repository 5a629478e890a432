-- fragment: document_json(p)
jsonb_build_object('id', :p.id, 'version', :p.version, 'deleted', :p.deleted_at is not null,
  'document', jsonb_build_object('id', :p.id, 'name', :p.name, 'description', :p.description, 'category', :p.category,
    'attributes', :p.attributes, 'partnerId', coalesce(:p.partner_id::text, ''), 'price', :p.price,
    'currency', :p.currency, 'stock', :p.on_hand - :p.reserved, 'createdAt', :instant(:p.created_at), 'imageUrl', ''))

-- Marks which rows of `found` fit into the size limit of a response.
-- fragment: sized()
select id, item, sum(octet_length(item::text)) over (order by id) - octet_length(item::text) < :max_bytes as fits from found

-- A build without a heartbeat for 30 seconds has died, and no longer blocks others.
-- fragment: died()
state = 'building' and beat_at < now() - interval '30 seconds'

-- name: index.current
with input as (:input(ids uuid[])),
found as materialized (
  select p.id, :document_json(p) as item
  from products p where p.id = any (array(select unnest(ids) from input))),
sized as (:sized())
select jsonb_build_object(
  'indexes', (select coalesce(jsonb_agg(name), '[]') from search_indexes where ready and state <> 'retired'),
  'products', (select coalesce(jsonb_agg(item order by id) filter (where fits), '[]') from sized),
  'left', (select coalesce(jsonb_agg(id) filter (where not fits), '[]') from sized))::text

-- name: index.page
with input as (:input(after uuid, size int)),
found as materialized (
  select p.id, :document_json(p) as item from products p
  where p.id > coalesce((select after from input), '00000000-0000-0000-0000-000000000000')
  order by p.id limit (select size from input)),
sized as (:sized())
select jsonb_build_object(
  'products', (select coalesce(jsonb_agg(item order by id) filter (where fits), '[]') from sized),
  'more', (
    select id from products where id > (select id from sized where fits order by id desc limit 1)
    order by id limit 1) is not null)::text

-- One index may be built at a time.
-- name: index.start
with input as (:input(name text)),
dead as (update search_indexes set state = 'retired' where :died() returning name),
started as (
  insert into search_indexes (name, state) select name, 'building' from input
  where (select count(*) from dead) >= 0 on conflict do nothing returning name)
select jsonb_build_object('started', exists (select from started))::text

-- name: index.beat
with input as (:input(name text, indexed int)),
beaten as (
  update search_indexes s set beat_at = now(), ready = true, indexed = input.indexed
  from input where s.name = input.name and s.state = 'building' returning 1)
select jsonb_build_object('alive', exists (select from beaten))::text

-- The sub-select retires the old index first, so that at most one index is live.
-- name: index.make-live
with input as (:input(name text)),
built as (
  select name from search_indexes where name = (select name from input) and state = 'building' for update),
old as (
  update search_indexes s set state = 'retired' from built where s.state = 'live' returning s.name),
live as (
  update search_indexes s set state = 'live', ready = true from built
  where s.name = built.name and (select count(*) from old) >= 0 returning s.name)
select jsonb_build_object('old', (select name from old), 'live', (select name from live))::text

-- name: index.retire
with input as (:input(name text)),
gone as (
  update search_indexes set state = 'retired' where name = (select name from input) and state = 'building' returning name)
select jsonb_build_object('gone', (select count(*) from gone))::text

-- name: index.forget
with input as (:input(name text)),
gone as (
  delete from search_indexes where name = (select name from input) and state = 'retired' returning name)
select jsonb_build_object('gone', (select count(*) from gone))::text

-- name: index.survey
with dead as (update search_indexes set state = 'retired' where $1::jsonb is not null and :died() returning name),
known as (
  select name, case when name in (select name from dead) then 'retired' else state end as state from search_indexes)
select jsonb_build_object('live', (select name from known where state = 'live'),
  'building', (select name from known where state = 'building'),
  'retired', (select coalesce(jsonb_agg(name), '[]') from known where state = 'retired'))::text

-- name: index.progress
with input as (:input(name text))
select coalesce(
  (select jsonb_build_object('state', case state when 'retired' then 'gone' else state end, 'indexed', indexed)
   from search_indexes where name = (select name from input)),
  '{"state":"gone","indexed":0}')::text
