import { join } from "node:path";
import { type Database, sqlFile } from "@sidecart/platform/database";
import type { CallContext } from "@sidecart/platform/rpc";
import { z } from "zod";

/** A product as search indexes it. A `deleted` product is removed from the index. */
const indexedProduct = z.strictObject({
  id: z.string(),
  version: z.number(),
  deleted: z.boolean(),
  document: z.looseObject({ id: z.string(), name: z.string(), category: z.string() }),
});
export type IndexedProduct = z.infer<typeof indexedProduct>;

/**
 * Maximum size of the documents in one response; it may be exceeded by one document (40 kB). A sidecar carries 4 MiB,
 * and escapes one byte to as many as 6 (`<` as `\u003c`).
 */
const maxBytes = 512 * 1024;

const name = z.string().nullable();
const survey = z.strictObject({ live: name, building: name, retired: z.array(z.string()) });
const progress = z.strictObject({ state: z.enum(["building", "live", "gone"]), indexed: z.number() });
const products = z.array(indexedProduct);
const gone = z.strictObject({ gone: z.number() });

const statement = sqlFile(join(import.meta.dirname, "index-store.sql"), { max_bytes: maxBytes });
const statements = {
  current: statement(
    "index.current",
    z.strictObject({ indexes: z.array(z.string()), products, left: z.array(z.string()) }),
  ),
  page: statement("index.page", z.strictObject({ products, more: z.boolean() })),
  start: statement("index.start", z.strictObject({ started: z.boolean() })),
  beat: statement("index.beat", z.strictObject({ alive: z.boolean() })),
  makeLive: statement("index.make-live", z.strictObject({ old: name, live: name })),
  retire: statement("index.retire", gone),
  forget: statement("index.forget", gone),
  survey: statement("index.survey", survey),
  progress: statement("index.progress", progress),
};

export type IndexStore = ReturnType<typeof createIndexStore>;

export function createIndexStore(database: Database) {
  return {
    /**
     * The products in their current state, and all indexes that must receive them. `left` did not fit into the
     * response.
     */
    current: (ids: string[], context: CallContext) => database.one(statements.current, { ids }, context),
    /** Ordered by id, deleted products included. */
    page: (after: string | undefined, size: number, context: CallContext) =>
      database.one(statements.page, { after, size }, context),
    /** False while another index is being built. The new index receives changes from its first heartbeat on. */
    async startBuilding(name: string, context: CallContext): Promise<boolean> {
      return (await database.one(statements.start, { name }, context)).started;
    },
    /** Heartbeat of a build. False when the build was retired meanwhile. */
    async beat(name: string, indexed: number, context: CallContext): Promise<boolean> {
      return (await database.one(statements.beat, { name, indexed }, context)).alive;
    },
    /** Makes the new index live. Returns the previous one. `live` is null when the index was not being built. */
    makeLive: (name: string, context: CallContext) => database.one(statements.makeLive, { name }, context),
    /** Gives up a build. */
    retire: (name: string, context: CallContext) => database.one(statements.retire, { name }, context),
    /** Removes a retired index that was deleted from the engine. */
    forget: (name: string, context: CallContext) => database.one(statements.forget, { name }, context),
    /** All indexes. Retires builds that have died. */
    survey: (context: CallContext) => database.one(statements.survey, {}, context),
    progress: (name: string, context: CallContext) => database.one(statements.progress, { name }, context),
  };
}
