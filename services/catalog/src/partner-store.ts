import { type Database, sql } from "@sidecart/platform/database";
import type { CallContext } from "@sidecart/platform/rpc";

export type Partner = { accountId: string; name: string; active: boolean; version: number };

const keep = sql(
  "partner.keep",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(account_id uuid, name text, active boolean, version int)),
   kept as (
     insert into partners (account_id, name, active, version) select account_id, name, active, version from input
     on conflict (account_id) do update set name = excluded.name, active = excluded.active, version = excluded.version
     where partners.version < excluded.version
     returning 1)
   select jsonb_build_object('kept', (select count(*) from kept))::text`,
);

export type PartnerStore = ReturnType<typeof createPartnerStore>;

export function createPartnerStore(database: Database) {
  return {
    /** The newest version wins, so deliveries in any order and number end the same. */
    async keep({ accountId, ...partner }: Partner, context: CallContext): Promise<void> {
      await database.one(keep, { account_id: accountId, ...partner }, context);
    },
  };
}
