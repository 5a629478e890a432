-- The key of a mailbox alone, and of a mailbox and an address, in `login_attempts`. An e-mail key has no NUL.
-- fragment: mailbox_key(email_key)
sha256(convert_to(:email_key, 'UTF8'))

-- fragment: pair_key(email_key, address)
sha256(convert_to(:email_key, 'UTF8') || '\x00'::bytea || convert_to(:address, 'UTF8'))

-- fragment: address_hash(address)
sha256(convert_to(:address, 'UTF8'))

-- Deletes the counted attempts from the address of `input` at the account whose id is in `account_id` of `source`. `source`
-- has at most one row.
-- fragment: forgive(source)
delete from login_attempts where key = (
  select :pair_key(a.email_key, input.address) from accounts a, input where a.id = (select account_id from :source))

-- fragment: remember_address(source)
insert into known_addresses as k (account_id, address_hash, last_at)
select :source.account_id, :address_hash(address), at from :source, input where address <> ''
on conflict (account_id, address_hash) do update set last_at = greatest(k.last_at, excluded.last_at)

-- Who knew the old password may have logged in from anywhere.
-- fragment: forget_other_addresses(source)
delete from known_addresses
where account_id = (select account_id from :source) and address_hash <> (select :address_hash(address) from input)

-- Counts the attempt before the password is verified, so that parallel guesses count too.
-- By mailbox and address: the tenth attempt blocks for 2 seconds, and each further one doubles that, up to 15 minutes. A
-- successful log-in, or an hour without attempts, resets the count. By mailbox alone, from addresses that it does not know:
-- 100 attempts in an hour. So one address cannot lock out the others, and many addresses cannot guess for ever.
-- name: session.attempt
with input as (:input(email_key text, account_id uuid, address text, at timestamptz)),
account as (
  select a.*, c.password_hash from accounts a join credentials c on c.account_id = a.id
  where a.id = (select coalesce(account_id, (select id from accounts o where o.email_key = input.email_key)) from input)),
known as (
  select 1 from known_addresses
  where account_id = (select id from account) and address_hash = (select :address_hash(address) from input)),
mailbox as (
  select :mailbox_key(m.key) as hash, :pair_key(m.key, address) as pair_hash, at
  from input, (select coalesce((select email_key from input), (select email_key from account)) as key) m
  where m.key is not null),
counted as (
  insert into login_attempts as l (key, attempts, last_at, blocked_until)
  select pair_hash, 1, at, '-infinity' from mailbox
  on conflict (key) do update set
    attempts = case when l.last_at < excluded.last_at - interval '1 hour' then 1 else l.attempts + 1 end,
    last_at = excluded.last_at,
    blocked_until = case when l.last_at < excluded.last_at - interval '1 hour' or l.attempts < 9 then '-infinity'
      else excluded.last_at + make_interval(secs => least(900, 2 ^ least(l.attempts - 8, 10))) end
  where l.blocked_until <= excluded.last_at
  returning attempts),
counted_alone as (
  insert into login_attempts as l (key, attempts, last_at, blocked_until)
  select hash, 1, at, '-infinity' from mailbox where exists (select from counted) and not exists (select from known)
  on conflict (key) do update set
    attempts = case when l.last_at <= excluded.last_at - interval '1 hour' then 1 else l.attempts + 1 end,
    last_at = case when l.last_at <= excluded.last_at - interval '1 hour' then excluded.last_at else l.last_at end
  where l.attempts < 100 or l.last_at <= excluded.last_at - interval '1 hour'
  returning attempts),
blocks as (
  select l.blocked_until as until from login_attempts l
  where l.key = (select pair_hash from mailbox) and l.blocked_until > (select at from mailbox)
  union all
  select l.last_at + interval '1 hour' from login_attempts l
  where l.key = (select hash from mailbox) and l.attempts >= 100 and not exists (select from known)
    and l.last_at > (select at from mailbox) - interval '1 hour')
select jsonb_build_object(
  'account', (select jsonb_build_object('id', id, 'roles', roles, 'email', email, 'username', username,
      'passwordHash', password_hash) from account),
  'allowed', exists (select from counted) and (exists (select from known) or exists (select from counted_alone)),
  'known', exists (select from known),
  'blockedUntil', (select :instant(max(until)) from blocks))::text
