-- Up Migration
-- Every service's database has these three tables. See docs/flow.md.

-- Each event is written by the statement that makes the change. The relay publishes and deletes it.
create table outbox (
  id uuid primary key,
  topic text not null,
  key text not null,
  data jsonb not null,
  traceparent text,
  created_at timestamptz not null default now(),
  claimed_until timestamptz not null default now()
);
create index outbox_due on outbox (claimed_until, id);

-- Events that were handled. The statement that writes an event's effect writes this row too, so a redelivery has no
-- effect.
create table inbox (
  event_id uuid not null,
  handler text not null,
  handled_at timestamptz not null default now(),
  primary key (event_id, handler)
);
create index inbox_age on inbox (handled_at);

-- Events that failed all attempts.
create table dead_letters (
  event_id uuid not null,
  topic text not null,
  event jsonb not null,
  error text not null,
  attempts int not null,
  died_at timestamptz not null default now(),
  primary key (event_id, topic)
);
