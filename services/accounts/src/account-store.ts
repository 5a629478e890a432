import { type Database, instant, sql } from "@sidecart/platform/database";
import type { OutboxRow } from "@sidecart/platform/events";
import type { CallContext, Role } from "@sidecart/platform/rpc";
import type { Account } from "./account.ts";

const accountJson = (a: string) => `jsonb_build_object('id', ${a}.id, 'email', ${a}.email, 'username', ${a}.username,
  'roles', ${a}.roles, 'version', ${a}.version, 'createdAt', ${instant(`${a}.created_at`)})`;

const register = sql(
  "account.register",
  `with input as (
     select * from jsonb_to_record($1::jsonb) as i(id uuid, email text, email_key text, username text, roles text[],
       password_hash text, at timestamptz, event jsonb)),
   created as (
     insert into accounts (id, email, email_key, username, roles, created_at, updated_at)
     select id, email, email_key, username, roles, at, at from input on conflict do nothing returning *),
   secret as (
     insert into credentials (account_id, password_hash, changed_at)
     select created.id, password_hash, at from created, input returning 1),
   event as (
     insert into outbox (id, topic, key, data, traceparent)
     select (event->>'id')::uuid, event->>'topic', event->>'key', event->'data', event->>'traceparent'
     from created, input returning 1)
   select jsonb_build_object('account', (select ${accountJson("created")} from created),
     'rows', (select count(*) from secret) + (select count(*) from event))::text`,
);

const byIds = sql(
  "account.by-ids",
  `select coalesce(jsonb_agg(${accountJson("a")}), '[]')::text
   from accounts a where a.id = any (array(select jsonb_array_elements_text($1::jsonb->'ids')::uuid))`,
);

const newest = sql(
  "account.newest",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(first int, after uuid)),
   page as (
     select * from accounts where id < coalesce((select after from input), 'ffffffff-ffff-ffff-ffff-ffffffffffff')
     order by id desc limit (select first from input))
   select coalesce(jsonb_agg(${accountJson("page")} order by page.id desc), '[]')::text from page`,
);

const grantRoles = sql(
  "account.grant-roles",
  `with input as (
     select * from jsonb_to_record($1::jsonb) as i(id uuid, roles text[], at timestamptz, event jsonb)),
   changed as (
     update accounts a set roles = input.roles, version = a.version + 1, updated_at = input.at
     from input where a.id = (select id from input) returning a.*),
   event as (
     insert into outbox (id, topic, key, data, traceparent)
     select (event->>'id')::uuid, event->>'topic', event->>'key', jsonb_build_object('accountId', changed.id,
       'email', email, 'username', username, 'roles', changed.roles, 'version', version), event->>'traceparent'
     from changed, input returning 1)
   select jsonb_build_object('account', (select ${accountJson("changed")} from changed),
     'events', (select count(*) from event))::text`,
);

export type NewAccount = {
  id: string;
  email: string;
  emailKey: string;
  username: string;
  roles: Role[];
  passwordHash: string;
};

export type AccountStore = ReturnType<typeof createAccountStore>;

export function createAccountStore(database: Database) {
  return {
    /** Undefined when the e-mail, or the id, is in use. */
    async register(
      account: NewAccount,
      at: Date,
      event: OutboxRow,
      context: CallContext,
    ): Promise<Account | undefined> {
      const { emailKey: email_key, passwordHash: password_hash, ...rest } = account;
      const input = { ...rest, email_key, password_hash, at, event };
      return (await database.one<{ account: Account | null }>(register, input, context)).account ?? undefined;
    },
    async byIds(ids: string[], context: CallContext): Promise<Account[]> {
      const found = await database.one<Account[]>(byIds, { ids: [...new Set(ids)] }, context);
      const byId = new Map(found.map((account) => [account.id, account]));
      return ids.flatMap((id) => byId.get(id) ?? []);
    },
    /** Newest first, those older than `after`. */
    newest: (first: number, after: string | undefined, context: CallContext) =>
      database.one<Account[]>(newest, { first, after: after ?? null }, context),
    async grantRoles(
      id: string,
      roles: Role[],
      at: Date,
      event: Omit<OutboxRow, "data">,
      context: CallContext,
    ): Promise<Account | undefined> {
      const outcome = await database.one<{ account: Account | null }>(grantRoles, { id, roles, at, event }, context);
      return outcome.account ?? undefined;
    },
  };
}
