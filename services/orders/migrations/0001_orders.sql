-- Up Migration
create table orders (
  id uuid primary key,
  account_id uuid not null,
  status text not null check (status in
    ('pending_payment', 'paid', 'preparing', 'ready', 'assigned', 'picked_up', 'delivered', 'cancelled', 'expired')),
  payment_status text not null check (payment_status in ('none', 'pending', 'paid', 'failed', 'refunded')),
  quantity int not null check (quantity > 0),
  price_total bigint not null check (price_total >= 0),
  currency char(3) not null,
  reservation_id uuid not null unique,
  idempotency_key text,
  -- Hash of the request with this key, to distinguish a retry from another request.
  request_hash text not null,
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (account_id, idempotency_key)
);
-- Ids are UUIDv7, so their order is the order of creation.
create index orders_account on orders (account_id, id desc);
create index orders_unpaid on orders (created_at) where status = 'pending_payment';

create table order_lines (
  order_id uuid not null references orders (id),
  product_id uuid not null,
  name text not null,
  quantity int not null check (quantity > 0),
  price bigint not null check (price >= 0),
  primary key (order_id, product_id)
);

create table order_transitions (
  order_id uuid not null references orders (id),
  version int not null,
  from_status text not null,
  to_status text not null,
  actor text not null,
  reason text not null,
  at timestamptz not null,
  primary key (order_id, version)
);

-- User names from accounts' events. They are shown with orders and never used for decisions.
create table known_accounts (
  id uuid primary key,
  username text not null,
  version int not null
);
