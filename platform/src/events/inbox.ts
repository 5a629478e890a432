import { join } from "node:path";
import { z } from "zod";
import type { Database } from "../database/database.ts";
import { repeatWhileFull } from "../database/repeat-while-full.ts";
import { sqlFile } from "../database/sql-file.ts";
import type { CallContext } from "../rpc/call.ts";

const batchSize = 5_000;

const prune = sqlFile(join(import.meta.dirname, "inbox.sql"))("inbox.prune", z.strictObject({ gone: z.number() }));

/** Removes events that were handled more than 14 days ago. */
export async function pruneInbox(database: Database, context: CallContext): Promise<void> {
  await repeatWhileFull(batchSize, context, async () => (await database.one(prune, { size: batchSize }, context)).gone);
}
