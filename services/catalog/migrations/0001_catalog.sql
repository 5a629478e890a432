-- Up Migration
create table products (
  id uuid primary key,
  name text not null,
  description text not null,
  price bigint not null check (price >= 0),
  currency char(3) not null,
  category text not null,
  attributes jsonb not null default '{}',
  partner_id uuid,
  image_url text not null default '',
  -- Units in stock, and how many of them are reserved. The difference can be ordered.
  on_hand int not null check (on_hand >= 0),
  reserved int not null default 0 check (reserved between 0 and on_hand),
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz
);
-- Ids are UUIDv7, so their order is the order of creation.
create index products_newest on products (id desc) where deleted_at is null;
create index products_partner on products (partner_id, id desc) where deleted_at is null;

create table inventory_changes (
  id uuid primary key,
  product_id uuid not null references products (id),
  type text not null,
  number int not null,
  reason text not null,
  actor uuid not null,
  stock int not null,
  at timestamptz not null
);
create index inventory_changes_product on inventory_changes (product_id, at desc);

-- Reserved stock: open until it expires, is released, or is sold. Lines keep the price at the time of the reservation.
create table reservations (
  id uuid primary key,
  status text not null check (status in ('open', 'released', 'expired', 'sold')),
  lines jsonb not null,
  created_at timestamptz not null,
  -- Null once the reservation has an order. Then only the end of the order releases the stock.
  expires_at timestamptz,
  closed_at timestamptz
);
create index reservations_due on reservations (expires_at) where status = 'open' and expires_at is not null;

-- Partners from accounts' events. Only they can own products.
create table partners (
  account_id uuid primary key,
  name text not null,
  active boolean not null,
  version int not null
);

-- The search indexes: the live one, and the one that is being built.
create table search_indexes (
  name text primary key,
  state text not null check (state in ('building', 'live')),
  created_at timestamptz not null default now()
);
create unique index search_indexes_one_each on search_indexes (state);
