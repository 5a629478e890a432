-- include: log-in-attempts.sql

-- The session whose id is in `session_id` of `source`, if it belongs to `account_id` there and is open. It is selected by
-- its id first: see end-family. `source` has one row.
-- fragment: open_session(source)
select f.id, f.account_id
from :source s, (select * from refresh_families where id = (select session_id from :source) limit 1) f
where f.account_id = s.account_id and f.ended_at is null and f.expires_at > s.at
  and f.password_changed_at = (select changed_at from credentials where account_id = (select account_id from :source))

-- Opens a family with its first token, if the password is still the one that was verified. The address is known from then on,
-- and its attempts count no more.
-- name: session.open
with input as (:input(family_id uuid, account_id uuid, hash text, password_hash text, address text, at timestamptz,
  expires_at timestamptz)),
secret as (
  select account_id, changed_at from credentials
  where account_id = (select account_id from input) and password_hash = (select password_hash from input) for share),
family as (
  insert into refresh_families (id, account_id, created_at, expires_at, password_changed_at)
  select family_id, secret.account_id, at, expires_at, changed_at from input, secret returning id, account_id),
token as (
  insert into refresh_tokens (hash, family_id, created_at)
  select decode(hash, 'hex'), family.id, at from family, input returning 1),
forgiven as (:forgive(family)),
known as (:remember_address(family))
select jsonb_build_object('opened', (select count(*) from token))::text

-- The session of a token, used or not, with the present roles of its account.
-- name: session.of-token
with input as (:input(hash text)),
family as (
  select id, account_id from refresh_families
  where id = (select family_id from refresh_tokens where hash = (select decode(hash, 'hex') from input)))
select jsonb_build_object('session', (select jsonb_build_object('familyId', family.id, 'id', a.id, 'roles', a.roles)
  from family, accounts a where a.id = (select account_id from family)))::text

-- Exchanges a token for a new pair, once. Two tabs of one browser may use it at the same moment, and a retry is the same
-- command again: both get the pair of the first use, until the new token is used. Any other use means that the token was
-- stolen, and its family ends. The family is locked first, so that two uses of its tokens wait for each other.
-- For the condition on `ended_at` see end-family.
-- name: session.rotate
with input as (:input(hash text, next_hash text, sealed text, command_id uuid, at timestamptz)),
family as (
  select * from refresh_families
  where id = (select family_id from refresh_tokens where hash = (select decode(hash, 'hex') from input)) for update),
token as (
  select * from refresh_tokens
  where hash = (select decode(hash, 'hex') from input) and family_id = (select id from family) for update),
found as (
  select token.*, used_at is not null as used,
    sealed is not null and (used_by = command_id or used_at > at - interval '10 seconds') as again
  from token, (select command_id, at from input) i),
live as (
  select found.* from found, family f, input
  where f.ended_at is null and f.expires_at > at
    and f.password_changed_at = (select changed_at from credentials where account_id = (select account_id from family))),
used as (
  update refresh_tokens t set used_at = at, used_by = command_id, sealed = decode(input.sealed, 'hex')
  from input where t.hash = (select hash from live where not used)),
next as (
  insert into refresh_tokens (hash, family_id, created_at, previous)
  select decode(next_hash, 'hex'), family_id, at, live.hash from live, input where not used),
forgotten as (
  update refresh_tokens set sealed = null where hash = (select previous from live where not used)),
stolen as (
  update refresh_families f set ended_at = at, end_reason = 'reused'
  from input where f.id = (
    select family.id from found, family where used and not again and family.ended_at is null) returning f.id)
select jsonb_build_object(
  'sealed', (select case when used then encode(live.sealed, 'hex') else input.sealed end
    from live, input where again or not used),
  'reused', exists (select from stolen))::text

-- The roles of a session's account; null when the session has ended.
-- name: session.present-roles
with input as (:input(account_id uuid, session_id uuid, at timestamptz)),
family as (:open_session(input))
select jsonb_build_object('roles', (select roles from accounts where id = (select account_id from family)))::text

-- The family is selected first. In the update itself, the planner could use the index of open families and read all of
-- them.
-- name: session.end-family
with input as (:input(hash text, at timestamptz)),
family as (
  select id, ended_at from refresh_families
  where id = (select family_id from refresh_tokens where hash = (select decode(hash, 'hex') from input)) for update),
ended as (
  update refresh_families f set ended_at = input.at, end_reason = 'logged-out'
  from input where f.id = (select id from family where ended_at is null) returning 1)
select jsonb_build_object('ended', (select count(*) from ended))::text

-- name: session.end-all
with input as (:input(account_id uuid, at timestamptz)),
ended as (
  update refresh_families f set ended_at = input.at, end_reason = 'logged-out'
  from input where f.account_id = (select account_id from input) and f.ended_at is null returning 1)
select jsonb_build_object('ended', (select count(*) from ended))::text

-- When two commands replace the same password at once, one succeeds. A session that is opened meanwhile belongs to the
-- old password.
-- name: session.change-password
with input as (:input(account_id uuid, old_hash text, new_hash text, address text, at timestamptz)),
secret as (
  update credentials c set password_hash = new_hash,
    changed_at = greatest(input.at, c.changed_at + interval '1 millisecond')
  from input where c.account_id = (select account_id from input) and c.password_hash = old_hash returning c.account_id),
ended as (
  update refresh_families f set ended_at = input.at, end_reason = 'password-changed'
  from input where f.account_id = (select account_id from secret) and f.ended_at is null),
forgiven as (:forgive(secret)),
unknown as (:forget_other_addresses(secret))
select jsonb_build_object('changed', exists (select from secret))::text

-- Deletes one batch of old rows: tokens of expired families, families without tokens, old attempts and addresses. The sub-select
-- checks each family separately, because the planner may turn `not exists` into a join that reads all families.
-- name: session.forget
with input as (:input(at timestamptz)),
old as (
  select f.id from refresh_families f
  where f.expires_at < (select at from input) - interval '7 days' order by f.expires_at limit 1000),
tokens as (
  delete from refresh_tokens where hash = any (array(
    select hash from refresh_tokens where family_id = any (array(select id from old)) limit 5000)) returning 1),
families as (
  delete from refresh_families f where f.id = any (array(select id from old))
    and (select t.hash from refresh_tokens t where t.family_id = f.id limit 1) is null returning 1),
attempts as (
  delete from login_attempts where key = any (array(
    select l.key from login_attempts l where l.last_at < (select at from input) - interval '1 day'
    order by l.last_at limit 5000)) returning 1),
addresses as (
  delete from known_addresses where ctid = any (array(
    select k.ctid from known_addresses k where k.last_at < (select at from input) - interval '90 days'
    order by k.last_at limit 1000)) returning 1)
select jsonb_build_object('forgotten', (select count(*) from tokens) + (select count(*) from families)
  + (select count(*) from attempts) + (select count(*) from addresses))::text
