import { background, type CallContext, type Sidecar } from "@sidecart/platform/rpc";
import { createSearchIndex, type IndexOperation, type SearchIndex } from "../../services/catalog/src/search-index.ts";

type Step = "create" | "delete" | "alias" | "write";

const soon = () => background(20_000);

/**
 * Catalog's index in the search engine behind a store's sidecar (`search: true`). A test can hold a step, or make it
 * fail before it reaches the engine: these are moments that no engine can be brought to at will.
 */
export function watchedIndex(sidecar: Sidecar) {
  const real = createSearchIndex(sidecar);
  const made = new Set<string>();
  const seen = {
    failAt: undefined as Step | undefined,
    before: async (_: Step, _signal: AbortSignal) => {},
    /** The operations of each write, and whether it waited until searches see them. */
    writes: [] as { operations: IndexOperation[]; refresh: boolean }[],
  };
  const step = async (name: Step, { signal }: CallContext) => {
    if (seen.failAt === name) throw new Error(`${name} failed`);
    await seen.before(name, signal);
  };
  const index: SearchIndex = {
    ...real,
    async createIndex(name, context) {
      made.add(name);
      await step("create", context);
      return real.createIndex(name, context);
    },
    async deleteIndex(name, context) {
      await step("delete", context);
      return real.deleteIndex(name, context);
    },
    async pointAlias(name, context) {
      await step("alias", context);
      return real.pointAlias(name, context);
    },
    async write(name, operations, refresh, context) {
      seen.writes.push({ operations, refresh });
      await step("write", context);
      return real.write(name, operations, refresh, context);
    },
  };
  return { index, seen, engine: engineOf(sidecar, real, made) };
}

/** The state of the engine itself. */
function engineOf(sidecar: Sidecar, real: SearchIndex, made: Set<string>) {
  async function ask<Answer>(operation: string, request: object): Promise<Answer> {
    const data = Buffer.from(JSON.stringify(request));
    const answer = await sidecar.invokeBinding("search", operation, {}, data, soon());
    return JSON.parse(Buffer.from(answer).toString("utf8")) as Answer;
  }
  /** How many documents an index has; undefined when it does not exist. */
  async function count(index: string): Promise<number | undefined> {
    try {
      return (await ask<{ count: number }>("count", { index })).count;
    } catch (error) {
      if (/code = NotFound/.test(String(error))) return undefined;
      throw error;
    }
  }
  return {
    ...real,
    count,
    alias: () => real.resolveAlias(soon()),
    async create(index: string): Promise<void> {
      made.add(index);
      await real.createIndex(index, soon());
    },
    /** The indexes that exist. */
    async names(): Promise<string[]> {
      const counts = await Promise.all([...made].map(count));
      return [...made].filter((_, place) => counts[place] !== undefined);
    },
    /** The version of a document; undefined when the index does not have it. */
    async versionOf(index: string, id: string): Promise<number | undefined> {
      return (await ask<{ version: number } | null>("get", { index, id }))?.version;
    },
    async clear(): Promise<void> {
      for (const name of made) await real.deleteIndex(name, soon());
      made.clear();
    },
  };
}
