import { join } from "node:path";
import { type Database, sqlFile } from "@sidecart/platform/database";
import type { CallContext } from "@sidecart/platform/rpc";
import { z } from "zod";

export type Partner = { accountId: string; name: string; active: boolean; version: number };

const statement = sqlFile(join(import.meta.dirname, "partner-store.sql"));
const keep = statement("partner.keep", z.strictObject({ kept: z.number() }));

export type PartnerStore = ReturnType<typeof createPartnerStore>;

export function createPartnerStore(database: Database) {
  return {
    /** The newest version wins, so the order and number of deliveries do not matter. */
    async keep(partner: Partner, context: CallContext): Promise<void> {
      await database.one(keep, partner, context);
    },
  };
}
