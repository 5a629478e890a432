import { join } from "node:path";
import { type Database, type Settlement, sqlFile } from "@sidecart/platform/database";
import type { CallContext } from "@sidecart/platform/rpc";
import { z } from "zod";

/** A product to be indexed. `notedAt` is passed back unchanged, because it has microseconds. */
const noted = z.strictObject({ id: z.string(), notedAt: z.string() });
export type Noted = z.infer<typeof noted>;

const statement = sqlFile(join(import.meta.dirname, "index-queue-store.sql"));
const next = statement("index-queue.next", z.array(noted));

/** Longer than a batch may take. After it another replica may claim the products of a replica that died. */
const leaseSeconds = 30;

export type IndexQueueStore = ReturnType<typeof createIndexQueueStore>;

export function createIndexQueueStore(database: Database) {
  return {
    /** Settles a batch, and claims up to `size` products that are not claimed, longest waiting first. */
    next({ done, again }: Settlement<Noted>, size: number, context: CallContext): Promise<Noted[]> {
      const later = again.map(({ key, afterSeconds }) => ({ ...key, afterSeconds }));
      return database.one(next, { done, again: later, size, lease: leaseSeconds }, context);
    },
  };
}
