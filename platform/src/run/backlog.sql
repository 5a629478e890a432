-- name: backlog.measure
with input as (:input(most int))
select jsonb_build_object(
  'outboxAgeSeconds', coalesce((
    select greatest(0, extract(epoch from now() - created_at)) from outbox order by created_at limit 1), 0),
  'deadLetters', (select count(*) from (
    select from dead_letters order by event_id, topic limit (select most from input)) as counted))::text
