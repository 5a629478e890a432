-- Up Migration
-- Products whose current state the search indexes may not have yet. At most one row per product, for any number of
-- changes.
create table index_queue (
  product_id uuid primary key,
  noted_at timestamptz not null,
  claimed_until timestamptz not null default '-infinity'
);
create index index_queue_due on index_queue (claimed_until, noted_at);

-- An index receives changes once it is `ready`. Retired indexes are to be deleted from the engine.
alter table search_indexes
  add column ready boolean not null default false,
  add column indexed int not null default 0,
  -- The heartbeat of a build, updated at each page. A build without a recent heartbeat has died.
  add column beat_at timestamptz not null default now(),
  drop constraint search_indexes_state_check,
  add constraint search_indexes_state_check check (state in ('building', 'live', 'retired'));
update search_indexes set ready = true where state = 'live';
drop index search_indexes_one_each;
create unique index search_indexes_one_each on search_indexes (state) where state <> 'retired';
