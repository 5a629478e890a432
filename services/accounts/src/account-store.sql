-- include: session-store.sql

-- fragment: account_json(a)
jsonb_build_object('id', :a.id, 'email', :a.email, 'username', :a.username, 'roles', :a.roles, 'version', :a.version,
  'createdAt', :instant(:a.created_at))

-- name: account.register
with input as (:input(id uuid, email text, email_key text, username text, roles text[], password_hash text,
  at timestamptz, event jsonb)),
created as (
  insert into accounts (id, email, email_key, username, roles, created_at, updated_at)
  select id, email, email_key, username, roles, at, at from input on conflict do nothing returning *),
secret as (
  insert into credentials (account_id, password_hash, changed_at)
  select created.id, password_hash, at from created, input),
written as (:write_events(select :event_row(event, event->'data') from created, input))
select jsonb_build_object('account', (select :account_json(created) from created), :answer_events(written))::text

-- name: account.by-ids
with input as (:input(ids uuid[]))
select coalesce(jsonb_agg(:account_json(a)), '[]')::text
from accounts a where a.id = any (array(select unnest(ids) from input))

-- name: account.newest
with input as (:input(first int, after uuid)),
page as (
  select * from accounts where id < coalesce((select after from input), 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  order by id desc limit (select first from input))
select coalesce(jsonb_agg(:account_json(page) order by page.id desc), '[]')::text from page

-- Does nothing unless the caller is an admin at this moment, in an open session. Both accounts are locked in the order of
-- their ids, so of two admins who demote each other one succeeds.
-- name: account.grant-roles
with input as (:input(id uuid, roles text[], account_id uuid, session_id uuid, at timestamptz, event jsonb)),
locked as (
  select id, roles from accounts where id = any (array(select unnest(array[id, account_id]) from input))
  order by id for update),
admin as (
  select roles from locked where id = (select account_id from input) and exists (:open_session(input))),
changed as (
  update accounts a set roles = input.roles, version = a.version + 1, updated_at = input.at
  from input where a.id = (select id from input where (select 'admin' = any (roles) from admin)) returning a.*),
written as (:write_events(
  select :event_row(event, jsonb_build_object('accountId', changed.id, 'username', username, 'roles', changed.roles,
    'version', version))
  from changed, input))
select jsonb_build_object('adminRoles', (select roles from admin),
  'account', (select :account_json(changed) from changed), :answer_events(written))::text
