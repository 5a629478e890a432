import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Database, isTooLarge } from "../database/database.ts";
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
const leaseSeconds = outboxLeaseSeconds;
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
/** Ids that wait to be settled. The rows of more come again when their claim is over. */
const mostUnsettled = 20_000;
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
  const wake = new Signal();
  const failures = meter().createCounter("sidecart_outbox_failures_total", {
    description: "Batches of events that could not be claimed, published or settled; they are tried again",
  });
  let stopping = false;
  const batches = createBatches(options);
  const tried = (work: Promise<Found>) =>
    work.catch((error): Found => {
      failures.add(1);
      options.log.warn({ err: error }, "outbox: publishing failed; the rows stay and are tried again");
      return isTooLarge(error) ? "some" : "none";
    });
  const run = async () => {
    while (!stopping) {
      const found = await tried(batches.next());
      if (found === "some") await pause(gatherMs);
      else if (found === "none" && !stopping) await wake.wait(batches.restMs());
    }
  };
  const done = run();
  return {
    kick() {
      batches.claimNow();
      wake.notify();
    },
    publish(rows) {
      batches.add(rows);
      wake.notify();
    },
    async stop() {
      stopping = true;
      wake.notify();
      await done;
      const end = Date.now() + lastBatchesMs;
      do batches.claimNow();
      while ((await tried(batches.next())) !== "none" && Date.now() < end);
      await tried(batches.settle());
    },
  };
}

/** How many rows there were; after none there is nothing more just now, after a full batch there is. */
type Found = "none" | "some" | "full";
type Outcome = { published: string[]; failed: string[] };
const nothing: Outcome = { published: [], failed: [] };

type Batches = {
  /** Publishes what is in hand, and what it claims when that is due. */
  next(): Promise<Found>;
  /** Rows that were handed over. */
  add(rows: readonly WrittenRow[]): void;
  claimNow(): void;
  /** Of what was published, without a claim. */
  settle(): Promise<"none">;
  /** Until the next claim is due. */
  restMs(): number;
};

/** Batches are settled with the next claim, which is due when rows were written that nobody handed over, and soon after a batch. */
function createBatches(options: OutboxOptions): Batches {
  const publishRows = createBulkPublisher(options);
  const publishInvalidation =
    options.cacheInvalidation && createInvalidationPublisher(options.cacheInvalidation, options);
  const inHand = createHand(options.clock ?? systemClock);
  let outcome = nothing;
  let most = batchSize;
  let tooLargeAt = 0;
  let claimAt = 0;

  async function claim(size: number): Promise<WrittenRow[]> {
    if (Date.now() > tooLargeAt + fewerMs) most = batchSize;
    const input = { ...outcome, size: Math.min(size, most), bytes: batchBytes, lease: leaseSeconds };
    try {
      const rows = await options.database.one(next, input, background(timeoutMs));
      outcome = nothing;
      return rows;
    } catch (error) {
      if (isTooLarge(error)) [most, tooLargeAt, claimAt] = [Math.ceil(most / 4), Date.now(), 0];
      throw error;
    }
  }

  async function claimWhenDue(size: number): Promise<WrittenRow[]> {
    if (Date.now() < claimAt) return [];
    // before the statement: a kick that comes while it runs is for the next one
    claimAt = Date.now() + sweepMs;
    return claim(size);
  }

  async function settle(): Promise<"none"> {
    await claim(0);
    return "none";
  }

  /** True when all of them were taken. */
  async function publish(rows: WrittenRow[]): Promise<boolean> {
    options.reached?.("before-publish");
    const [failed] = await Promise.all([publishRows(rows), publishInvalidation?.(rows)]);
    const published = rows.map(({ id }) => id).filter((id) => !failed.has(id));
    outcome = {
      published: [...outcome.published, ...published].slice(-mostUnsettled),
      failed: [...outcome.failed, ...failed].slice(-mostUnsettled),
    };
    options.reached?.("before-settle");
    return failed.size === 0;
  }

  return {
    add: inHand.add,
    claimNow: () => {
      claimAt = 0;
    },
    settle,
    restMs: () => Math.max(0, claimAt - Date.now()),
    async next() {
      const handed = inHand.take();
      const claiming = claimWhenDue(batchSize - handed.length);
      const found = await claiming.catch((): WrittenRow[] => []);
      const rows = [...handed, ...found].sort((one, other) => (one.id < other.id ? -1 : 1));
      const taken = rows.length === 0 || (await publish(rows));
      await claiming; // what is in hand went out, whether the claim failed or not
      if (!taken) return settle();
      if (found.length > 0) claimAt = 0;
      if (rows.length > 0) claimAt = Math.min(claimAt, Date.now() + gatherMs);
      if (rows.length === 0) return "none";
      return rows.length < batchSize ? "some" : "full";
    },
  };
}

/** Rows that were handed over, while their claim is surely ours: half of it is for publishing them. */
function createHand(clock: Clock) {
  const freshMs = (leaseSeconds * 1_000) / 2;
  let hand: { row: WrittenRow; since: number }[] = [];
  return {
    add(rows: readonly WrittenRow[]): void {
      const since = clock.now().getTime();
      for (const row of rows.slice(0, mostInHand - hand.length)) hand.push({ row, since });
    },
    take(): WrittenRow[] {
      const oldest = clock.now().getTime() - freshMs;
      const fresh = hand.filter(({ since }) => since > oldest);
      hand = fresh.slice(batchSize);
      return fresh.slice(0, batchSize).map(({ row }) => row);
    },
  };
}

/** Wakes one waiter; a notification that came while nobody waited is kept. */
class Signal {
  #pending = false;
  #wake: (() => void) | undefined;

  notify(): void {
    this.#pending = true;
    this.#wake?.();
  }

  async wait(timeoutMs: number): Promise<void> {
    if (!this.#pending) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#pending = false;
    this.#wake = undefined;
  }
}
