-- include: index-queue-store.sql

-- fragment: product_json(p)
jsonb_build_object('id', :p.id, 'name', :p.name, 'description', :p.description, 'price', :p.price,
  'currency', :p.currency, 'stock', :p.on_hand - :p.reserved, 'category', :p.category, 'attributes', :p.attributes,
  'partnerId', :p.partner_id, 'imageUrl', :p.image_url, 'version', :p.version, 'createdAt', :instant(:p.created_at))

-- A product event's data: proto JSON of ProductState.
-- fragment: state_json(p)
jsonb_build_object('product', jsonb_strip_nulls(:product_json(:p)
  || jsonb_build_object('price', :p.price::text, 'deleted', :p.deleted_at is not null)))

-- name: product.create
with input as (:input(id uuid, name text, description text, price bigint, currency text, stock int, category text,
  attributes jsonb, partner_id uuid, image_url text, created_at timestamptz, event jsonb)),
owner as (
  select 1 from input where partner_id is null
  union all select 1 from partners where account_id = (select partner_id from input) and active),
created as (
  insert into products (id, name, description, price, currency, category, attributes, partner_id, image_url, on_hand,
    created_at, updated_at)
  select id, name, description, price, currency, category, attributes, partner_id, image_url, stock, created_at, created_at
  from input where exists (select from owner)
  on conflict (id) do nothing returning *),
noted as (:note_for_index(select id from created)),
existing as (select * from products where id = (select id from input)),
written as (:write_events(select :event_row(event, :state_json(created)) from created, input))
select jsonb_build_object(
  'product', coalesce((select :product_json(created) from created),
    (select :product_json(existing) from existing where deleted_at is null)),
  'deleted', exists (select from existing where deleted_at is not null), 'partnerKnown', exists (select from owner),
  :answer_events(written))::text

-- name: product.update
with input as (:input(id uuid, owner uuid, changes jsonb, deleted boolean, at timestamptz, event jsonb)),
changed as (
  update products p set
    name = coalesce(changes->>'name', p.name),
    description = coalesce(changes->>'description', p.description),
    price = coalesce((changes->>'price')::bigint, p.price),
    currency = coalesce(changes->>'currency', p.currency),
    category = coalesce(changes->>'category', p.category),
    attributes = coalesce(changes->'attributes', p.attributes),
    image_url = coalesce(changes->>'imageUrl', p.image_url),
    deleted_at = case when input.deleted then input.at end,
    version = p.version + 1, updated_at = input.at
  from input
  where p.id = (select id from input) and p.deleted_at is null
    and (input.owner is null or p.partner_id = input.owner)
  returning p.*),
noted as (:note_for_index(select id from changed)),
written as (:write_events(select :event_row(event, :state_json(changed)) from changed, input))
select jsonb_build_object('product', (select :product_json(changed) from changed),
  'known', exists (select from products where id = (select id from input) and deleted_at is null),
  :answer_events(written))::text

-- `earlier` is materialized so that it is found by its own id. Otherwise the plan may read all changes of the product.
-- name: product.change-stock
with input as (:input(id uuid, owner uuid, type text, number int, reason text, actor uuid, change_id uuid, most int,
  at timestamptz, changed jsonb, depleted jsonb)),
found as (
  select p.* from products p, input
  where p.id = (select id from input) and p.deleted_at is null
    and (input.owner is null or p.partner_id = input.owner) for update of p),
earlier as materialized (select product_id, stock from inventory_changes where id = (select change_id from input)),
done as (select stock from earlier, found where product_id = found.id),
wanted as (
  select found.id, found.reserved, found.on_hand - found.reserved as before, case type
    when 'add' then on_hand + number when 'subtract' then on_hand - number else reserved + number end as on_hand
  from found, input),
fitting as (
  select wanted.* from wanted, input
  where wanted.on_hand between wanted.reserved and input.most and not exists (select from done)),
recorded as (
  insert into inventory_changes (id, product_id, type, number, reason, actor, stock, at)
  select change_id, fitting.id, type, number, reason, actor, fitting.on_hand - fitting.reserved, at
  from fitting, input on conflict (id) do nothing returning 1),
changed as (
  update products p set on_hand = fitting.on_hand, version = p.version + 1, updated_at = input.at
  from fitting, input where p.id = (select id from fitting) and exists (select from recorded) returning p.*),
noted as (:note_for_index(
  select changed.id from changed, wanted where (changed.on_hand > changed.reserved) <> (before > 0))),
written as (:write_events(
  select :event_row(input.changed, jsonb_build_object('productId', p.id, 'stock', p.on_hand - p.reserved,
    'version', p.version, 'cause', input.type, 'reason', input.reason))
  from changed p, input
  union all
  select :event_row(input.depleted, jsonb_build_object('productId', p.id, 'version', p.version))
  from changed p, input, wanted where p.on_hand = p.reserved and wanted.before > 0))
select jsonb_build_object('stock', coalesce((select stock from done), (select on_hand - reserved from changed)),
  'taken', exists (select from fitting) and not exists (select from recorded),
  'available', (select on_hand - reserved from found), 'allowed', exists (select from found),
  'known', exists (select from products where id = (select id from input) and deleted_at is null),
  :answer_events(written))::text

-- name: product.by-ids
with input as (:input(ids uuid[]))
select coalesce(jsonb_agg(:product_json(p)), '[]')::text
from products p where p.id = any (array(select unnest(ids) from input)) and p.deleted_at is null

-- name: product.newest
with input as (:input(first int, after uuid)),
page as (
  select * from products
  where deleted_at is null and id < coalesce((select after from input), 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  order by id desc limit (select first from input))
select coalesce(jsonb_agg(:product_json(page) order by page.id desc), '[]')::text from page
