import type { LeaseQueueOptions, Worked } from "@sidecart/platform/database";
import { startLeaseQueue } from "@sidecart/platform/database";
import type { CallContext } from "@sidecart/platform/rpc";
import { background } from "@sidecart/platform/rpc";
import type { Logger } from "@sidecart/platform/telemetry";
import type { IndexQueueStore, Noted } from "./index-queue-store.ts";
import type { IndexedProduct, IndexStore } from "./index-store.ts";
import type { IndexOperation, SearchIndex } from "./search-index.ts";

export type IndexDeps = { indexes: IndexStore; index: SearchIndex };
export type IndexerDeps = IndexDeps & { queue: IndexQueueStore };

const batchSize = 500;
const batchMs = 20_000;
const claimMs = 5_000;
/** Pause before products are indexed again after a failure. */
const pauseSeconds = 2;
const refusedPauseSeconds = 60;

/** Indexes queued products until it is stopped. Kick it after queueing. */
export const startIndexer = (deps: IndexerDeps, log: Logger) => startLeaseQueue(indexing(deps, log));

/**
 * Writes the queued products to the search indexes. Each product is read after it was claimed, so the order and number
 * of the events do not matter: an older version never overwrites a newer one, and a change after the claim stays
 * queued. While search is unreachable, that is logged once.
 */
export function indexing(
  deps: IndexerDeps,
  log: Logger,
  { sweepMs = 1_000, pauseMs = pauseSeconds * 1_000 } = {},
): LeaseQueueOptions<Noted, Noted> {
  let failing = false;
  const fail = (error: unknown) => {
    if (!failing) log.warn({ err: error }, "search: indexing fails; it is retried");
    failing = true;
  };
  return {
    size: batchSize,
    sweepMs,
    gatherMs: 0,
    claim: (settlement, size) => deps.queue.next(settlement, size, background(claimMs)),
    async work(claimed, signal) {
      try {
        const written = await write(deps, claimed, log, background(batchMs, signal));
        if (failing) log.info("search: products are indexed again");
        failing = false;
        return written;
      } catch (error) {
        if (!signal.aborted) fail(error);
        return { done: [], again: later(claimed, pauseSeconds), pauseMs };
      }
    },
    failed(error) {
      fail(error);
      return pauseMs;
    },
  };
}

async function write(deps: IndexDeps, claimed: Noted[], log: Logger, context: CallContext): Promise<Worked<Noted>> {
  const { left, refused } = await writeCurrent(deps, claimed, context);
  if (refused.size > 0) log.warn({ refused: [...refused] }, "search: products were refused; they are retried");
  const among = (ids: { has(id: string): boolean }) => claimed.filter(({ id }) => ids.has(id));
  return {
    done: claimed.filter(({ id }) => !left.has(id) && !refused.has(id)),
    again: [...later(among(left), 0), ...later(among(refused), refusedPauseSeconds)],
  };
}

const later = (noted: Noted[], afterSeconds: number) => noted.map((key) => ({ key, afterSeconds }));

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
