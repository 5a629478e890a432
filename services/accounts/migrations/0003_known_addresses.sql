-- Up Migration
-- Addresses from which somebody has logged in to the account. From there the right password is never refused.
create table known_addresses (
  account_id uuid not null references accounts (id),
  -- SHA-256 of the address. That is personal data still: IPv4 addresses can be tried one by one.
  address_hash bytea not null,
  last_at timestamptz not null,
  primary key (account_id, address_hash)
);
create index known_addresses_age on known_addresses (last_at);

-- Attempts are counted by mailbox and address, and by mailbox alone, so the key is the hash of one or of both. In a row of a
-- mailbox alone `last_at` is the start of its hour.
alter table login_attempts rename column email_hash to key;
