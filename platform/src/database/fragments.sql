-- Fragments that every statement can use. For the syntax see sql-file.ts.

-- A `timestamptz` in the JSON format that all services use, independent of the session's time zone.
-- fragment: instant(time)
to_char(:time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')

-- EVENTS. A statement writes events together with its change:
--
--   written as (:write_events(select :event_row(input.event, jsonb_build_object(…)) from changed, input))
--   select jsonb_build_object('product', …, :answer_events(written))::text
--
-- The platform removes the number of events from the result and wakes the relay.

-- The row of an event that the caller prepared (`pendingEvent` or `outboxRow`), with its data.
-- fragment: event_row(event, data)
(:event->>'id')::uuid as id, :event->>'topic' as topic, :event->>'key' as key, :data as data,
  :event->>'traceparent' as traceparent

-- The row of an event that the statement itself creates, because only the statement knows how many events there are.
-- fragment: new_event_row(id, topic, traceparent, key, data)
:id as id, :topic as topic, :key as key, :data as data, :traceparent as traceparent

-- fragment: write_events(rows)
insert into outbox (id, topic, key, data, traceparent)
  select id, topic, key, data, traceparent from (:rows) as rows returning id

-- fragment: answer_events(written)
'events', (select count(*) from :written)

-- For the most frequent statements: the rows are claimed for this process, which publishes them without reading them
-- again. The lease starts when the rows are written, because the statement may have waited for locks before.
-- fragment: write_claimed_events(rows)
insert into outbox (id, topic, key, data, traceparent, claimed_until)
  select id, topic, key, data, traceparent, clock_timestamp() + make_interval(secs => :outbox_lease_seconds)
  from (:rows) as rows returning *

-- An outbox row as JSON.
-- fragment: outbox_json()
json_build_object('id', id, 'topic', topic, 'key', key, 'data', data, 'traceparent', traceparent,
  'createdAt', :instant(created_at))

-- fragment: answer_claimed_events(written)
'events', (select coalesce(json_agg(:outbox_json()), '[]') from :written)

-- For a caller that has the rows already: it passed them in `events` of the input.
-- fragment: given_events()
select id, topic, key, data, traceparent
from jsonb_to_recordset($1::jsonb->'events') as e(id uuid, topic text, key text, data jsonb, traceparent text)

-- fragment: answer_given_events(written)
'events', (select coalesce(jsonb_agg(id), '[]') from :written)

-- THE INBOX. Of several deliveries of one event only the first gets a row. The effect of the event must depend on that
-- row.
-- fragment: handle_once(handler, events)
insert into inbox (event_id, handler)
  select event_id, :handler from (:events) as events order by event_id on conflict do nothing returning event_id
