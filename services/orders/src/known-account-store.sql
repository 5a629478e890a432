-- name: known-account.keep
with input as (:input(id uuid, username text, version int)),
kept as (
  insert into known_accounts (id, username, version) select id, username, version from input
  on conflict (id) do update set username = excluded.username, version = excluded.version
  where known_accounts.version < excluded.version returning 1)
select jsonb_build_object('kept', (select count(*) from kept))::text
