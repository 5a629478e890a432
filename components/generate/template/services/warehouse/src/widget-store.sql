-- fragment: widget_json(w)
jsonb_build_object('id', :w.id, 'accountId', :w.account_id, 'name', :w.name, 'createdAt', :instant(:w.created_at),
  'announcedAt', :instant(:w.announced_at))

-- Writes the row and its event, or neither. An existing id or name raises no error: the result says which exists.
-- name: widget.create
with input as (:input(id uuid, account_id uuid, name text, created_at timestamptz, event jsonb)),
created as (
  insert into widgets (id, account_id, name, created_at) select id, account_id, name, created_at from input
  on conflict do nothing returning *),
existing as (select * from widgets where id = (select id from input)),
taken as (
  select from widgets where account_id = (select account_id from input) and name = (select name from input)),
written as (:write_events(select :event_row(event, event->'data') from created, input))
select jsonb_build_object('nameTaken', exists (select from taken),
  'stored', coalesce((select :widget_json(created) from created), (select :widget_json(existing) from existing)),
  :answer_events(written))::text

-- name: widget.by-ids
with input as (:input(ids uuid[], account_id uuid))
select coalesce(jsonb_agg(:widget_json(w)), '[]')::text
from widgets w, input
where w.id = any (array(select unnest(ids) from input)) and (input.account_id is null or w.account_id = input.account_id)

-- Idempotent: only the first delivery has an effect.
-- name: widget.mark-announced
with input as (:input(id uuid, at timestamptz)),
marked as (
  update widgets set announced_at = (select at from input)
  where id = (select id from input) and announced_at is null returning 1)
select jsonb_build_object('marked', (select count(*) from marked))::text
