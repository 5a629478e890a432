-- What this database knows of each event, by primary key. A published event is no longer in the outbox of its publisher.
-- name: events.states
with input as (:input(ids uuid[]))
select coalesce(jsonb_agg(jsonb_build_object('eventId', e.id, 'waiting', exists (select from outbox o where o.id = e.id),
  'handledAt', (select :instant(i.handled_at) from inbox i where i.event_id = e.id limit 1),
  'deadLetter', (
    select jsonb_build_object('error', d.error, 'attempts', d.attempts, 'diedAt', :instant(d.died_at))
    from dead_letters d where d.event_id = e.id limit 1))), '[]')::text
from input, unnest(input.ids) as e(id)
