import { join } from "node:path";
import { type Database, rowsOf, sqlFile } from "@sidecart/platform/database";
import type { CallContext } from "@sidecart/platform/rpc";
import { z } from "zod";

/** A product that is to be indexed; `notedAt` is given back as it came, to the microsecond. */
const noted = z.strictObject({ id: z.string(), notedAt: z.string() });
export type Noted = z.infer<typeof noted>;

const statement = sqlFile(join(import.meta.dirname, "index-queue-store.sql"));
const claim = statement("index-queue.claim", rowsOf(noted));
const settle = statement("index-queue.settle", z.strictObject({ gone: z.number(), back: z.number() }));

export type IndexQueueStore = ReturnType<typeof createIndexQueueStore>;

export function createIndexQueueStore(database: Database) {
  return {
    /** Up to `size` products that nobody else has, for `lease` seconds; the longest waiting first. */
    claim: (size: number, lease: number, context: CallContext) => database.one(claim, { size, lease }, context),
    /** `again` is due after `pause` seconds. */
    async settle(done: Noted[], again: Noted[], pause: number, context: CallContext): Promise<void> {
      await database.one(settle, { done, again, pause }, context);
    },
  };
}
