-- A repeated dead letter adds its attempts to the existing one.
-- name: dead-letters.keep
with input as (:input(event_id uuid, topic text, event jsonb, error text, attempts int)),
kept as (
  insert into dead_letters (event_id, topic, event, error, attempts)
  select event_id, topic, event, error, attempts from input
  on conflict (event_id, topic) do update set error = excluded.error, attempts = dead_letters.attempts + excluded.attempts
  returning event_id)
select jsonb_build_object('kept', (select count(*) from kept))::text

-- Those of a topic, and those whose error contains a text; null for all.
-- fragment: chosen()
(coalesce(topic = (select only_topic from input), true)
  and coalesce(position((select error_part from input) in error) > 0, true))

-- fragment: listing(condition)
with input as (:input(first int, event_ids uuid[], only_topic text, error_part text, after_at timestamptz, after_id uuid,
  after_topic text)),
page as (
  select * from dead_letters where :chosen() and :condition
  order by died_at, event_id, topic limit (select first from input))
select jsonb_build_object(
  'total', (select count(*) from dead_letters where :chosen()),
  'deadLetters', coalesce((select jsonb_agg(jsonb_build_object('eventId', event_id, 'topic', topic, 'event', event,
    'error', error, 'attempts', attempts, 'diedAt', :instant(died_at),
    'diedAtMicros', to_char(died_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
    order by died_at, event_id, topic) from page), '[]'))::text

-- name: dead-letters.oldest
:listing(true)

-- name: dead-letters.after
:listing((died_at, event_id, topic) >
  ((select after_at from input), (select after_id from input), (select after_topic from input)))

-- name: dead-letters.by-events
:listing(event_id = any (array(select unnest(event_ids) from input)))

-- name: dead-letters.remove
with input as (:input(event_id uuid, topic text)),
gone as (delete from dead_letters d using input i where d.event_id = i.event_id and d.topic = i.topic returning 1)
select jsonb_build_object('removed', (select count(*) from gone))::text
