-- Up Migration
-- Every service's database has these three tables; see docs/flow.md.

-- Events written by the statement that made them true; the relay publishes and deletes them.
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

-- Events whose effect was written, by the statement that wrote it: a second delivery finds its row here.
create table inbox (
  event_id uuid not null,
  handler text not null,
  handled_at timestamptz not null default now(),
  primary key (event_id, handler)
);
create index inbox_age on inbox (handled_at);

-- Events that failed every try.
create table dead_letters (
  event_id uuid not null,
  topic text not null,
  event jsonb not null,
  error text not null,
  attempts int not null,
  died_at timestamptz not null default now(),
  primary key (event_id, topic)
);
