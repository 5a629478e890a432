import type { CallContext } from "@sidecart/platform/call";
import { type Database, instant, sql } from "@sidecart/platform/database";
import type { Role } from "@sidecart/platform/tokens";

const credentials = sql(
  "session.credentials",
  `with input as (
     select * from jsonb_to_record($1::jsonb) as i(email_key text, email_hash text, account_id uuid, at timestamptz))
   select jsonb_build_object(
     'account', (select jsonb_build_object('id', a.id, 'roles', a.roles, 'email', a.email, 'username', a.username,
         'passwordHash', c.password_hash, 'passwordChangedAt', ${instant("c.changed_at")})
       from accounts a join credentials c on c.account_id = a.id, input
       where a.email_key = input.email_key or a.id = input.account_id),
     'blockedUntil', (select ${instant("blocked_until")} from login_failures f, input
       where f.email_hash = decode(input.email_hash, 'hex') and f.blocked_until > input.at))::text`,
);

/** Five failures are free; then each doubles the wait, from 2 seconds to 15 minutes. A quiet hour forgets them. */
const noteFailure = sql(
  "session.note-failure",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(email_hash text, at timestamptz)),
   noted as (
     insert into login_failures as f (email_hash, failures, last_at, blocked_until)
     select decode(email_hash, 'hex'), 1, at, '-infinity' from input
     on conflict (email_hash) do update set
       failures = case when f.last_at < excluded.last_at - interval '1 hour' then 1 else f.failures + 1 end,
       last_at = excluded.last_at,
       blocked_until = case when f.last_at < excluded.last_at - interval '1 hour' or f.failures < 4 then '-infinity'
         else excluded.last_at + make_interval(secs => least(900, 2 ^ least(f.failures - 3, 10))) end
     returning failures)
   select jsonb_build_object('failures', (select failures from noted))::text`,
);

/** A new family with its first token; what failed before is forgiven. */
const open = sql(
  "session.open",
  `with input as (
     select * from jsonb_to_record($1::jsonb) as i(family_id uuid, account_id uuid, hash text, email_hash text,
       at timestamptz, expires_at timestamptz, password_changed_at timestamptz)),
   family as (
     insert into refresh_families (id, account_id, created_at, expires_at, password_changed_at)
     select family_id, account_id, at, expires_at, password_changed_at from input returning id),
   token as (
     insert into refresh_tokens (hash, family_id, created_at)
     select decode(hash, 'hex'), family.id, at from family, input returning 1),
   forgiven as (
     delete from login_failures f using input i where f.email_hash = decode(i.email_hash, 'hex') returning 1)
   select jsonb_build_object('opened', (select count(*) from token), 'forgiven', (select count(*) from forgiven))::text`,
);

/** Swaps an unused token for a new one. A token that was used before was stolen or replayed: its family ends. */
const rotate = sql(
  "session.rotate",
  `with input as (
     select * from jsonb_to_record($1::jsonb) as i(hash text, next_hash text, at timestamptz)),
   found as (
     select t.hash, t.used_at, f.id as family_id, f.account_id, f.ended_at, f.expires_at, f.password_changed_at
     from refresh_tokens t join refresh_families f on f.id = t.family_id, input
     where t.hash = decode(input.hash, 'hex') for update of t, f),
   good as (
     select found.* from found join credentials c using (account_id), input
     where used_at is null and ended_at is null and expires_at > input.at and changed_at = password_changed_at),
   used as (
     update refresh_tokens t set used_at = input.at from good, input where t.hash = good.hash returning 1),
   next as (
     insert into refresh_tokens (hash, family_id, created_at)
     select decode(next_hash, 'hex'), family_id, at from good, input returning 1),
   stolen as (
     update refresh_families f set ended_at = input.at, end_reason = 'reused'
     from found, input where f.id = found.family_id and found.used_at is not null and found.ended_at is null
     returning f.id)
   select jsonb_build_object('session', (select jsonb_build_object('familyId', good.family_id, 'id', a.id, 'roles', a.roles)
       from good join accounts a on a.id = good.account_id),
     'reused', exists (select from stolen), 'rows', (select count(*) from used) + (select count(*) from next))::text`,
);

const endFamily = sql(
  "session.end-family",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(hash text, at timestamptz)),
   ended as (
     update refresh_families f set ended_at = input.at, end_reason = 'logged-out'
     from refresh_tokens t, input
     where t.hash = decode(input.hash, 'hex') and f.id = t.family_id and f.ended_at is null returning 1)
   select jsonb_build_object('ended', (select count(*) from ended))::text`,
);

const endAll = sql(
  "session.end-all",
  `with input as (
     select * from jsonb_to_record($1::jsonb) as i(account_id uuid, reason text, password_hash text, at timestamptz)),
   secret as (
     update credentials c set password_hash = input.password_hash, changed_at = input.at
     from input where c.account_id = input.account_id and input.password_hash is not null returning 1),
   ended as (
     update refresh_families f set ended_at = input.at, end_reason = input.reason
     from input where f.account_id = input.account_id and f.ended_at is null returning 1)
   select jsonb_build_object('ended', (select count(*) from ended), 'changed', (select count(*) from secret))::text`,
);

/** What nobody needs any more: expired families with their tokens, failures of long ago. */
const forget = sql(
  "session.forget",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(at timestamptz)),
   old as (
     select f.id from refresh_families f, input
     where f.expires_at < input.at - interval '7 days' limit 1000),
   tokens as (delete from refresh_tokens t using old where t.family_id = old.id returning 1),
   families as (
     delete from refresh_families f using old where f.id = old.id
       and not exists (select from refresh_tokens t where t.family_id = f.id) returning 1),
   failures as (delete from login_failures f using input i where f.last_at < i.at - interval '1 day' returning 1)
   select jsonb_build_object('forgotten', (select count(*) from tokens) + (select count(*) from families)
     + (select count(*) from failures))::text`,
);

export type Credentials = {
  id: string;
  roles: Role[];
  email: string;
  username: string;
  passwordHash: string;
  passwordChangedAt: string;
};
export type NewSession = {
  familyId: string;
  accountId: string;
  /** Of the password that was shown. */
  passwordChangedAt: string;
  hash: string;
  emailHash: string;
  at: Date;
  expiresAt: Date;
};
export type Session = { familyId: string; id: string; roles: Role[] };
type CredentialsAnswer = { account: Credentials | null; blockedUntil: string | null };

export type SessionStore = ReturnType<typeof createSessionStore>;

export function createSessionStore(database: Database) {
  return {
    byEmail: (emailKey: string, emailHash: string, at: Date, context: CallContext) =>
      database.one<CredentialsAnswer>(
        credentials,
        { email_key: emailKey, email_hash: emailHash, account_id: null, at },
        context,
      ),
    async byAccount(accountId: string, at: Date, context: CallContext): Promise<Credentials | undefined> {
      const input = { email_key: null, email_hash: null, account_id: accountId, at };
      return (await database.one<CredentialsAnswer>(credentials, input, context)).account ?? undefined;
    },
    async noteFailure(emailHash: string, at: Date, context: CallContext): Promise<void> {
      await database.one(noteFailure, { email_hash: emailHash, at }, context);
    },
    async open(session: NewSession, context: CallContext): Promise<void> {
      const { familyId, accountId, hash, emailHash, at, expiresAt, passwordChangedAt } = session;
      const input = {
        family_id: familyId,
        account_id: accountId,
        hash,
        email_hash: emailHash,
        at,
        expires_at: expiresAt,
        password_changed_at: passwordChangedAt,
      };
      await database.one(open, input, context);
    },
    rotate: (hash: string, nextHash: string, at: Date, context: CallContext) =>
      database.one<{ session: Session | null; reused: boolean }>(rotate, { hash, next_hash: nextHash, at }, context),
    async endFamily(hash: string, at: Date, context: CallContext): Promise<void> {
      await database.one(endFamily, { hash, at }, context);
    },
    /** Ends every session of the account; with a new password hash in the same statement when one is given. */
    async endAll(
      accountId: string,
      reason: "logged-out" | "password-changed",
      passwordHash: string | null,
      at: Date,
      context: CallContext,
    ): Promise<number> {
      const input = { account_id: accountId, reason, password_hash: passwordHash, at };
      return (await database.one<{ ended: number }>(endAll, input, context)).ended;
    },
    forget: (at: Date, context: CallContext) => database.one<{ forgotten: number }>(forget, { at }, context),
  };
}
