import { join } from "node:path";
import { type Database, isTooLarge } from "../database/database.ts";
import { type Settlement, startLeaseQueue } from "../database/lease-queue.ts";
import { outboxLeaseSeconds, sqlFile } from "../database/sql-file.ts";
import { rowsOf } from "../database/statement.ts";
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
 * Of the data of a batch, as Postgres writes it. The sidecar's answer has it in a JSON string, where a byte may take six
 * (`<`), beside some 300 bytes of each row, and is of 4 MiB at most. One event has room: of maxEventBytes it takes twice that.
 */
const batchBytes = 640 * 1024;
/** How long a stopping relay goes on beginning batches. */
const lastBatchesMs = 3_000;
/** How long fewer are claimed after an answer that was too large all the same: its rows come again when their lease is over. */
const fewerMs = 60_000;
const sweepMs = 2_000;
/**
 * After a batch: what is written meanwhile goes together, in fewer and fuller calls, messages and digests; and the batch
 * is settled, also when no row needs to be claimed.
 */
const gatherMs = 100;
/** Of what was handed over; more is left to the lease, as is what has waited for half of it. */
const mostInHand = 5_000;
/** Of what the broker refused; outbox.sql says it too. */
const refusedPauseSeconds = 1;
const timeoutMs = 8_000;

const next = sqlFile(join(import.meta.dirname, "outbox.sql"))("outbox.next", rowsOf(writtenRow));

/** Publishes what statements left in the outbox, at least once each, until it is stopped. */
export type OutboxRelay = {
  /** Something was just written: do not wait for the sweep. */
  kick(): void;
  /**
   * These were just written by a statement that claimed them (`:write_claimed_events()`): they are not read again. Who forgets to
   * hand them over has them published when the claim is over.
   */
  publish(rows: readonly WrittenRow[]): void;
  /**
   * Finishes the batch in hand, begins others that are due for 3 seconds more, and ends; what is left is another relay's,
   * or the next start's. While database or broker do not answer, a batch may take up to 24 seconds (three calls) and settling
   * the last one 8 more. Whoever cannot wait for that need not: rows that were not settled are published again.
   */
  stop(): Promise<void>;
};

export type OutboxOptions = {
  database: Database;
  sidecar: Sidecar;
  appId: string;
  pubsub: string;
  log: Logger;
  /** What caches are told of these events. */
  cacheInvalidation?: CacheInvalidation | undefined;
  /** By which rows in hand grow old. */
  clock?: Clock;
  /** For fault tests: told what comes next. */
  reached?: (step: Step) => void;
};

export function startOutboxRelay(options: OutboxOptions): OutboxRelay {
  const inHand = createHand(options.clock ?? systemClock);
  const failures = meter().createCounter("sidecart_outbox_failures_total", {
    description: "Batches of events that could not be claimed, published or settled; they are tried again",
  });
  const queue = startLeaseQueue({
    size: batchSize,
    sweepMs,
    gatherMs,
    lastBatchesMs,
    claim: createClaim(options.database),
    work: createPublishing(options),
    handed: inHand.take,
    failed(error) {
      failures.add(1);
      options.log.warn({ err: error }, "outbox: publishing failed; the rows stay and are tried again");
      return isTooLarge(error) ? gatherMs : sweepMs;
    },
  });
  return {
    kick: queue.kick,
    publish(rows) {
      inHand.add(rows);
      queue.wake();
    },
    stop: queue.stop,
  };
}

/** Claims fewer for a while after an answer that was too large all the same. */
function createClaim(database: Database) {
  let most = batchSize;
  let tooLargeAt = 0;
  return async ({ done, again }: Settlement<string>, size: number): Promise<WrittenRow[]> => {
    if (Date.now() > tooLargeAt + fewerMs) most = batchSize;
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

/** Publishes a batch, and tells caches of it. */
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

/** Rows that were handed over, while their claim is surely ours: half of it is for publishing them. */
function createHand(clock: Clock) {
  const freshMs = (outboxLeaseSeconds * 1_000) / 2;
  let hand: { row: WrittenRow; since: number }[] = [];
  return {
    add(rows: readonly WrittenRow[]): void {
      const since = clock.now().getTime();
      for (const row of rows.slice(0, mostInHand - hand.length)) hand.push({ row, since });
    },
    take(most: number): WrittenRow[] {
      const oldest = clock.now().getTime() - freshMs;
      const fresh = hand.filter(({ since }) => since > oldest);
      hand = fresh.slice(most);
      return fresh.slice(0, most).map(({ row }) => row);
    },
  };
}
