-- name: partner.keep
with input as (:input(account_id uuid, name text, active boolean, version int)),
kept as (
  insert into partners (account_id, name, active, version) select account_id, name, active, version from input
  on conflict (account_id) do update set name = excluded.name, active = excluded.active, version = excluded.version
  where partners.version < excluded.version returning 1)
select jsonb_build_object('kept', (select count(*) from kept))::text
