-- name: probe.write
with written as (:write_events(:given_events()))
select jsonb_build_object(:answer_events(written))::text

-- name: probe.deliver
with input as (:input(event_id uuid, pid int)),
delivery as (insert into probe_deliveries (event_id, pid) select event_id, pid from input)
select jsonb_build_object('attempt',
  1 + (select count(*) from probe_deliveries d, input i where d.event_id = i.event_id))::text

-- name: probe.effect
with input as (:input(event_id uuid, run text, key text, version int, padding int, pid int, committed_at timestamptz)),
first as (:handle_once('probe', select event_id from input)),
effect as (
  insert into probe_effects (event_id, run, key, version, padding, pid, committed_at)
  select i.event_id, i.run, i.key, i.version, i.padding, i.pid, i.committed_at from input i, first returning 1),
latest as (
  insert into probe_latest as l (run, key, version) select run, key, version from input, first
  on conflict (run, key) do update set version = excluded.version where l.version < excluded.version)
select jsonb_build_object('effects', (select count(*) from effect))::text
