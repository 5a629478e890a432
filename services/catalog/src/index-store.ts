import { join } from "node:path";
import { type Database, rowsOf, sqlFile } from "@sidecart/platform/database";
import type { CallContext } from "@sidecart/platform/rpc";
import { z } from "zod";

/** A product as it goes into the search index; `deleted` ones leave it. */
const indexedProduct = z.strictObject({
  id: z.string(),
  version: z.number(),
  deleted: z.boolean(),
  document: z.looseObject({ id: z.string(), name: z.string(), category: z.string() }),
});
export type IndexedProduct = z.infer<typeof indexedProduct>;

/**
 * Bytes of documents in one answer, and at most one document (40 kB) more. A sidecar carries 4 MiB, and writes what
 * stands for 1 byte of ours as up to 6 (`<` as `\u003c`).
 */
const maxBytes = 512 * 1024;

const name = z.string().nullable();
const survey = z.strictObject({ live: name, building: name, retired: z.array(z.string()) });
const progress = z.strictObject({ state: z.enum(["building", "live", "gone"]), indexed: z.number() });
const products = rowsOf(indexedProduct);
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
    /** The products as they are now, and every index that must know; `left` is for another call. */
    current: (ids: string[], context: CallContext) => database.one(statements.current, { ids }, context),
    /** In the order of ids, the deleted too. */
    page: (after: string | undefined, size: number, context: CallContext) =>
      database.one(statements.page, { after, size }, context),
    /** False while another one is built. Changes go into the new index from its first beat on. */
    async startBuilding(name: string, context: CallContext): Promise<boolean> {
      return (await database.one(statements.start, { name }, context)).started;
    },
    /** The build goes on; false when it was given up meanwhile. */
    async beat(name: string, indexed: number, context: CallContext): Promise<boolean> {
      return (await database.one(statements.beat, { name, indexed }, context)).alive;
    },
    /** The new index is the one that counts; gives back the one before it. `live` is null when it was not being built. */
    makeLive: (name: string, context: CallContext) => database.one(statements.makeLive, { name }, context),
    /** Gives a build up. */
    retire: (name: string, context: CallContext) => database.one(statements.retire, { name }, context),
    /** A retired one has left the engine. */
    forget: (name: string, context: CallContext) => database.one(statements.forget, { name }, context),
    /** Which indexes there are; builds that died are retired. */
    survey: (context: CallContext) => database.one(statements.survey, {}, context),
    progress: (name: string, context: CallContext) => database.one(statements.progress, { name }, context),
  };
}
