-- Up Migration
-- Products whose newest state the search indexes may not have yet: at most one row a product, however often it changes.
create table index_queue (
  product_id uuid primary key,
  noted_at timestamptz not null,
  claimed_until timestamptz not null default '-infinity'
);
create index index_queue_due on index_queue (claimed_until, noted_at);

-- An index is announced once it is ready to be written. Retired ones are to be deleted from the engine.
alter table search_indexes
  add column ready boolean not null default false,
  add column indexed int not null default 0,
  -- Whoever builds says so at each page: a build that was not heard of for long has died.
  add column beat_at timestamptz not null default now(),
  drop constraint search_indexes_state_check,
  add constraint search_indexes_state_check check (state in ('building', 'live', 'retired'));
update search_indexes set ready = true where state = 'live';
drop index search_indexes_one_each;
create unique index search_indexes_one_each on search_indexes (state) where state <> 'retired';
