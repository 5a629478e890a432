import type { CallContext } from "@sidecart/platform/rpc";
import { background } from "@sidecart/platform/rpc";
import type { Logger } from "@sidecart/platform/telemetry";
import type { IndexQueueStore, Noted } from "./index-queue-store.ts";
import type { IndexedProduct, IndexStore } from "./index-store.ts";
import type { IndexOperation, SearchIndex } from "./search-index.ts";

export type IndexDeps = { indexes: IndexStore; index: SearchIndex };
export type IndexerDeps = IndexDeps & { queue: IndexQueueStore };

/** Whether there was something to do, and may be more at once. */
type Turn = "nothing" | "done" | "more";

const batchSize = 500;
/** Longer than a batch may take; whoever died with one gives way after it. */
const leaseSeconds = 30;
const batchMs = 20_000;
const settleMs = 5_000;
/** What could not be written is due again after this. */
const pauseSeconds = 2;
const refusedPauseSeconds = 60;

/**
 * Brings the search indexes in step with products that were noted. Each is read as it is now, after it was claimed, so
 * the order and number of the events that lead here do not matter: an older version never overwrites a newer one, and
 * what is noted after the claim stays noted.
 */
export async function indexNoted(deps: IndexerDeps, log: Logger, signal: AbortSignal): Promise<Turn> {
  const context = background(batchMs, signal);
  const claimed = await deps.queue.claim(batchSize, leaseSeconds, context);
  if (claimed.length === 0) return "nothing";
  try {
    const { left, refused } = await writeCurrent(deps, claimed, context);
    if (refused.size > 0) log.warn({ refused: [...refused] }, "search: products were refused; they are tried again");
    const isDone = ({ id }: Noted) => !left.has(id) && !refused.has(id);
    await deps.queue.settle(claimed.filter(isDone), among(claimed, left), 0, background(settleMs));
    if (refused.size > 0)
      await deps.queue.settle([], among(claimed, refused), refusedPauseSeconds, background(settleMs));
    return claimed.length === batchSize || left.size > 0 ? "more" : "done";
  } catch (error) {
    await deps.queue.settle([], claimed, pauseSeconds, background(settleMs)).catch(() => {});
    throw error;
  }
}

const among = (noted: Noted[], ids: { has(id: string): boolean }) => noted.filter(({ id }) => ids.has(id));

async function writeCurrent(deps: IndexDeps, claimed: Noted[], context: CallContext) {
  const ids = claimed.map(({ id }) => id);
  const { indexes, products, left } = await deps.indexes.current(ids, context);
  const operations = products.map(operation);
  const answers =
    operations.length > 0
      ? await Promise.all(indexes.map((index) => deps.index.write(index, operations, true, context)))
      : [];
  return { left: new Set(left), refused: new Map(answers.flatMap((refused) => [...refused])) };
}

export function operation({ id, version, deleted, document }: IndexedProduct): IndexOperation {
  return deleted ? { op: "delete", id, version } : { op: "index", id, version, document };
}
