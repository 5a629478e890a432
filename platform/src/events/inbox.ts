import { type Database, sql } from "../database/database.ts";
import type { CallContext } from "../rpc/call.ts";

const batchSize = 5_000;

/** Longer than any broker of ours keeps a message: what is older cannot come again. */
const prune = sql(
  "inbox.prune",
  `with old as (
     select ctid from inbox where handled_at < now() - interval '14 days' order by handled_at
     limit ($1::jsonb->>'size')::int),
   gone as (delete from inbox where ctid = any (array(select ctid from old)) returning 1)
   select jsonb_build_object('gone', (select count(*) from gone))::text`,
);

/** Forgets the events that were handled long ago. */
export async function pruneInbox(database: Database, context: CallContext): Promise<void> {
  for (let gone = batchSize; gone === batchSize; ) {
    gone = (await database.one<{ gone: number }>(prune, { size: batchSize }, context)).gone;
  }
}
