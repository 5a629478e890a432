import { type Database, sql } from "@sidecart/platform/database";
import type { CallContext } from "@sidecart/platform/rpc";

const keepAccount = sql(
  "neighbour.keep-account",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(id uuid, username text, version int)),
   kept as (
     insert into known_accounts (id, username, version) select id, username, version from input
     on conflict (id) do update set username = excluded.username, version = excluded.version
     where known_accounts.version < excluded.version returning 1)
   select jsonb_build_object('kept', (select count(*) from kept))::text`,
);

export type KnownAccount = { id: string; username: string; version: number };
export type NeighbourStore = ReturnType<typeof createNeighbourStore>;

/** What orders keeps of its neighbours. The newest version wins, so any order and number of deliveries end the same. */
export function createNeighbourStore(database: Database) {
  return {
    async keepAccount(account: KnownAccount, context: CallContext): Promise<void> {
      await database.one(keepAccount, account, context);
    },
  };
}
