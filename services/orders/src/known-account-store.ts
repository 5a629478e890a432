import { join } from "node:path";
import { type Database, sqlFile } from "@sidecart/platform/database";
import type { CallContext } from "@sidecart/platform/rpc";
import { z } from "zod";

const statement = sqlFile(join(import.meta.dirname, "known-account-store.sql"));
const keep = statement("known-account.keep", z.strictObject({ kept: z.number() }));

export type KnownAccount = { id: string; username: string; version: number };
export type KnownAccountStore = ReturnType<typeof createKnownAccountStore>;

/**
 * Accounts as their events describe them. The newest version wins, so the order and number of deliveries do not matter.
 */
export function createKnownAccountStore(database: Database) {
  return {
    async keep(account: KnownAccount, context: CallContext): Promise<void> {
      await database.one(keep, account, context);
    },
  };
}
