-- Up Migration
-- Null for reservations made before this migration. They are not counted.
alter table reservations add column account_id uuid;

-- What each account holds, so that a quota is checked by primary key, whatever the number of its reservations.
create table account_holds (
  account_id uuid primary key,
  -- Open reservations, and their units by product id.
  reservations int not null,
  units jsonb not null,
  -- Reservations made since `hour_at`, open or not.
  made int not null,
  hour_at timestamptz not null,
  -- Grows with every change of the row, to detect a concurrent one.
  version int not null
) with (fillfactor = 70);
