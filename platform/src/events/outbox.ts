import { join } from "node:path";
import { z } from "zod";
import { type Database, isTooLarge } from "../database/database.ts";
import { type Settlement, startLeaseQueue } from "../database/lease-queue.ts";
import { outboxLeaseSeconds, sqlFile } from "../database/sql-file.ts";
import type { Step } from "../fault.ts";
import { type Clock, systemClock } from "../ids.ts";
import { background } from "../rpc/call.ts";
import type { Sidecar } from "../rpc/sidecar.ts";
import type { Logger } from "../telemetry/log.ts";
import { meter } from "../telemetry/telemetry.ts";
import { createBulkPublisher } from "./bulk-publisher.ts";
import { type CacheInvalidation, createInvalidationPublisher } from "./cache-invalidation.ts";
import { type WrittenRow, writtenRow } from "./events.ts";

const batchSize = 500;
/**
 * Limit of a batch's data, as Postgres writes it. The sidecar's response (at most 4 MiB) has the data in a JSON string,
 * in which one byte may become six (`<`), and about 300 more bytes per row. A single event always fits: it grows to at
 * most twice maxEventBytes.
 */
const batchBytes = 640 * 1024;
/** How long a stopping relay may start further batches. */
const lastBatchesMs = 3_000;
/**
 * How long smaller batches are claimed after a response that was too large nevertheless. Its rows become due when their
 * lease expires.
 */
const smallerBatchesMs = 60_000;
const sweepMs = 2_000;
/**
 * Pause after a batch: events written meanwhile share calls, messages and digests. The batch is settled after it, even
 * when no row is claimed.
 */
const gatherMs = 100;
/**
 * Maximum number of rows handed over. Further rows, and rows that have waited for half their lease, are left to the
 * lease.
 */
const maxHandedOver = 5_000;
/** Pause before a refused event is retried; outbox.sql has the same number. */
const refusedPauseSeconds = 1;
const timeoutMs = 8_000;

const next = sqlFile(join(import.meta.dirname, "outbox.sql"))("outbox.next", z.array(writtenRow));

/** Publishes the events in the outbox, at least once each, until it is stopped. */
export type OutboxRelay = {
  /** An event was just written: publish it now instead of at the next sweep. */
  kick(): void;
  /**
   * Publishes rows that a statement wrote and claimed (`:write_claimed_events()`), without reading them again. Rows
   * that are never handed over are published when their lease expires.
   */
  publish(rows: readonly WrittenRow[]): void;
  /**
   * Finishes the batch in progress, starts due batches for 3 more seconds, and ends. Another relay, or the next start,
   * publishes the rest. While database or broker do not respond, a batch can take 24 seconds (three calls) and settling
   * the last one 8 more. It is safe to exit earlier: rows that were not settled are published again.
   */
  stop(): Promise<void>;
};

export type OutboxOptions = {
  database: Database;
  sidecar: Sidecar;
  appId: string;
  pubsub: string;
  log: Logger;
  /** Which events invalidate caches. */
  cacheInvalidation?: CacheInvalidation | undefined;
  /** Measures how long rows handed over have waited. */
  clock?: Clock;
  /** Fault tests only: called before each step. */
  reached?: (step: Step) => void;
};

export function startOutboxRelay(options: OutboxOptions): OutboxRelay {
  const handedOver = createHandover(options.clock ?? systemClock);
  const failures = meter().createCounter("sidecart_outbox_failures_total", {
    description: "Batches of events that could not be claimed, published or settled; they are retried",
  });
  const queue = startLeaseQueue({
    size: batchSize,
    sweepMs,
    gatherMs,
    lastBatchesMs,
    claim: createClaim(options.database),
    work: createPublishing(options),
    handed: handedOver.take,
    failed(error) {
      failures.add(1);
      options.log.warn({ err: error }, "outbox: publishing failed; the rows stay and are retried");
      return isTooLarge(error) ? gatherMs : sweepMs;
    },
  });
  return {
    kick: queue.kick,
    publish(rows) {
      handedOver.add(rows);
      queue.wake();
    },
    stop: queue.stop,
  };
}

/** Claims smaller batches for a while after a response that was too large. */
function createClaim(database: Database) {
  let most = batchSize;
  let tooLargeAt = 0;
  return async ({ done, again }: Settlement<string>, size: number): Promise<WrittenRow[]> => {
    if (Date.now() > tooLargeAt + smallerBatchesMs) most = batchSize;
    const settled = { published: done, failed: again.map(({ key }) => key) };
    const input = { ...settled, size: Math.min(size, most), bytes: batchBytes, lease: outboxLeaseSeconds };
    try {
      return await database.one(next, input, background(timeoutMs));
    } catch (error) {
      if (isTooLarge(error)) [most, tooLargeAt] = [Math.ceil(most / 4), Date.now()];
      throw error;
    }
  };
}

/** Publishes a batch of events, and its cache invalidation. */
function createPublishing(options: OutboxOptions) {
  const publishRows = createBulkPublisher(options);
  const publishInvalidation =
    options.cacheInvalidation && createInvalidationPublisher(options.cacheInvalidation, options);
  return async (items: WrittenRow[]): Promise<Settlement<string>> => {
    const rows = items.toSorted((one, other) => (one.id < other.id ? -1 : 1));
    options.reached?.("before-publish");
    const [failed] = await Promise.all([publishRows(rows), publishInvalidation?.(rows)]);
    options.reached?.("before-settle");
    return {
      done: rows.map(({ id }) => id).filter((id) => !failed.has(id)),
      again: [...failed].map((key) => ({ key, afterSeconds: refusedPauseSeconds })),
    };
  };
}

/** Rows handed over, while their lease surely lasts: half of it is reserved for publishing. */
function createHandover(clock: Clock) {
  const freshMs = (outboxLeaseSeconds * 1_000) / 2;
  let waiting: { row: WrittenRow; since: number }[] = [];
  return {
    add(rows: readonly WrittenRow[]): void {
      const since = clock.now().getTime();
      for (const row of rows.slice(0, maxHandedOver - waiting.length)) waiting.push({ row, since });
    },
    take(most: number): WrittenRow[] {
      const oldest = clock.now().getTime() - freshMs;
      const fresh = waiting.filter(({ since }) => since > oldest);
      waiting = fresh.slice(most);
      return fresh.slice(0, most).map(({ row }) => row);
    },
  };
}
