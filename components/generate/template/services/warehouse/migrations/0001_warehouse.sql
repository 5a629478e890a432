-- Up Migration
create table widgets (
  id uuid primary key,
  account_id uuid not null,
  name text not null,
  created_at timestamptz not null,
  -- When the event of its creation was delivered.
  announced_at timestamptz,
  unique (account_id, name)
);
