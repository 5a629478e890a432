import { newId } from "@sidecart/platform/ids";
import { AppError, background, type CallContext } from "@sidecart/platform/rpc";
import type { Logger } from "@sidecart/platform/telemetry";
import { catalogErrors } from "./errors.ts";
import { type IndexDeps, operation } from "./indexer.ts";

const pageSize = 500;
/**
 * Between two heartbeats there are one read and one write. Their timeouts add up to less than the time after which a
 * build counts as dead.
 */
const stepMs = 10_000;
const cleanUpMs = 3_000;

export type IndexBuilder = {
  /** Starts to build an index, and returns its name. REINDEX_RUNNING while another one is being built. */
  begin(context: CallContext): Promise<string>;
  /** Gives up the build in progress, and cleans up. */
  stop(): Promise<void>;
};

/**
 * Builds a new index beside the live one in the background, and then moves searches to it. Changes made meanwhile are
 * written to both indexes; where they overlap with the copy, the higher version wins. Searches continue throughout.
 */
export function createIndexBuilder(deps: IndexDeps, log: Logger): IndexBuilder {
  const abort = new AbortController();
  let running: Promise<void> = Promise.resolve();
  return {
    async begin(context) {
      const name = `products-${newId()}`;
      if (!(await deps.indexes.startBuilding(name, context))) throw new AppError(catalogErrors.reindexRunning);
      running = build(deps, name, abort.signal).then(
        (indexed) => log.info({ index: name, indexed }, "search: a new index is live"),
        (error) => log.warn({ err: error, index: name }, "search: building an index failed"),
      );
      return name;
    },
    async stop() {
      abort.abort();
      await running;
    },
  };
}

async function build(deps: IndexDeps, name: string, signal: AbortSignal): Promise<number> {
  try {
    // The index exists before its first heartbeat announces it. From then on all indexers write to it.
    await deps.index.createIndex(name, background(stepMs, signal));
    await beat(deps, name, 0, signal);
    const indexed = await copyAll(deps, name, signal);
    // Both indexes receive changes until the second step is done, so searches may use either.
    await deps.index.pointAlias(name, background(stepMs, signal));
    const { live } = await deps.indexes.makeLive(name, background(stepMs, signal));
    if (live === null) throw overtaken(name);
    await settleIndexes(deps, background(stepMs, signal)).catch(() => {});
    return indexed;
  } catch (error) {
    await cleanUp(deps, name).catch(() => {});
    throw error;
  }
}

async function copyAll(deps: IndexDeps, name: string, signal: AbortSignal): Promise<number> {
  let copied = 0;
  for (let after: string | undefined, more = true; more; ) {
    const page = await deps.indexes.page(after, pageSize, background(stepMs, signal));
    const operations = page.products.map(operation);
    more = page.more;
    if (operations.length > 0) {
      const refused = await deps.index.write(name, operations, !more, background(stepMs, signal));
      for (const [id, reason] of refused) throw new Error(`search index ${name} refused ${id}: ${reason}`);
    }
    copied += operations.length;
    after = page.products.at(-1)?.id;
    await beat(deps, name, copied, signal);
  }
  return copied;
}

async function beat(deps: IndexDeps, name: string, indexed: number, signal: AbortSignal): Promise<void> {
  if (!(await deps.indexes.beat(name, indexed, background(stepMs, signal)))) throw overtaken(name);
}

const overtaken = (name: string) =>
  new Error(`search index ${name} was retired by another replica because it was too slow`);

/** The caller may be gone by now. A later sweep cleans up what cannot be cleaned up now. */
async function cleanUp(deps: IndexDeps, name: string): Promise<void> {
  const context = background(cleanUpMs);
  await deps.indexes.retire(name, context);
  await settleIndexes(deps, context);
}

/**
 * Brings the engine in line with the table of indexes: the alias points to an index that receives changes, and retired
 * indexes are deleted. The alias is read first, so the table is always the newer information. Returns the table, and
 * whether the live index is missing.
 */
async function settleIndexes(deps: IndexDeps, context: CallContext) {
  let pointed = await deps.index.resolveAlias(context);
  const { live, building, retired } = await deps.indexes.survey(context);
  let missing = false;
  const hearsChanges = pointed !== null && (pointed === live || pointed === building);
  if (live !== null && !hearsChanges) {
    missing = !(await deps.index.pointAlias(live, context));
    pointed = live;
  }
  for (const name of retired.filter((one) => one !== pointed)) {
    await deps.index.deleteIndex(name, context);
    await deps.indexes.forget(name, context);
  }
  return { live, building, missing };
}

/** Run it regularly: it settles the indexes, and builds one when there is none. */
export async function keepIndexes(deps: IndexDeps, builder: IndexBuilder, context: CallContext): Promise<void> {
  const { live, building, missing } = await settleIndexes(deps, context);
  if ((live !== null && !missing) || building !== null) return;
  await builder.begin(context).catch((error) => {
    if (!(error instanceof AppError) || error.code !== catalogErrors.reindexRunning.code) throw error;
  });
}
