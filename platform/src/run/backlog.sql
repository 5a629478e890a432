-- name: backlog.measure
with input as (:input(most int))
select jsonb_build_object(
  'outboxAgeSeconds', coalesce((
    select greatest(0, extract(epoch from now() - created_at)) from outbox order by created_at limit 1), 0),
  -- Everyone may read these counts, and nobody's statements.
  'connections', (select sum(numbackends)::int from pg_stat_database),
  'maxConnections', current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
  'deadLetters', (select count(*) from (
    select from dead_letters order by event_id, topic limit (select most from input)) as counted))::text
