import { setTimeout as pause } from "node:timers/promises";

/** What became of a batch, by what a queue's rows are known by; `again` may be claimed after that many seconds. */
export type Settlement<Key> = { done: Key[]; again: { key: Key; afterSeconds: number }[] };
/** `pauseMs`: so long no other batch is tried, whoever kicks. */
export type Worked<Key> = Settlement<Key> & { pauseMs?: number };

/**
 * Rows of a table that wait to be worked on, by one replica at a time: a claim holds for a lease, so that what a dead
 * process had in hand comes again. Each queue has its own table and statement.
 */
export type LeaseQueueOptions<Item, Key> = {
  /** Items of one batch. */
  size: number;
  /** One statement: settles earlier batches and claims up to `size` more. */
  claim(settlement: Settlement<Key>, size: number): Promise<Item[]>;
  /** Does not throw: it says what may be claimed again. `signal` tells it to end. */
  work(items: Item[], signal: AbortSignal): Promise<Worked<Key>>;
  /** Items that are claimed already, and need not be read again. */
  handed?(most: number): Item[];
  /** How long what nobody told of waits at most. */
  sweepMs: number;
  /** After a batch: what is written meanwhile goes together, and the batch is settled with the next claim. */
  gatherMs: number;
  /** A claim failed; gives back how long to wait before the next one. */
  failed(error: unknown): number;
  /** How long a stopping queue goes on beginning batches. When absent it tells the batch in hand to end. */
  lastBatchesMs?: number;
};

export type LeaseQueue = {
  /** Something was just written: do not wait for the sweep. */
  kick(): void;
  /** Items were handed over. */
  wake(): void;
  /** Finishes the batch in hand, or gives it back. What is left is another replica's, or the next start's. */
  stop(): Promise<void>;
};

/** How many items there were; after none there is nothing more just now, after a full batch there is. */
export type Found = "none" | "some" | "full";

/** So many wait to be settled at most. The rows of more come again when their lease is over. */
const mostUnsettled = 20_000;

/** Works on a queue until it is stopped. */
export function startLeaseQueue<Item, Key>(options: LeaseQueueOptions<Item, Key>): LeaseQueue {
  const wake = new Signal();
  const stopping = new AbortController();
  const interrupt = new AbortController();
  const batches = createBatches(options, interrupt.signal);
  const tried = (work: Promise<Found>) =>
    work.catch((error): Found => {
      batches.claimIn(options.failed(error));
      return "none";
    });
  const run = async () => {
    while (!stopping.signal.aborted) {
      const found = await tried(batches.next());
      if (batches.pauseMs() > 0) await rest(batches.pauseMs(), stopping.signal);
      else if (found === "some") await pause(options.gatherMs);
      else if (found === "none" && !stopping.signal.aborted) await wake.wait(batches.restMs());
    }
  };
  const running = run();
  return {
    kick() {
      batches.claimIn(0);
      wake.notify();
    },
    wake: () => wake.notify(),
    async stop() {
      stopping.abort();
      if (options.lastBatchesMs === undefined) interrupt.abort();
      wake.notify();
      await running;
      const end = Date.now() + (options.lastBatchesMs ?? 0);
      while (Date.now() < end) {
        batches.claimIn(0);
        if ((await tried(batches.next())) === "none") break;
      }
      await tried(batches.settle());
    },
  };
}

/** The turns of a queue, one by one. */
export function createBatches<Item, Key>(options: LeaseQueueOptions<Item, Key>, signal: AbortSignal) {
  const { size, claim, work, handed = () => [], sweepMs, gatherMs } = options;
  let unsettled: Settlement<Key> = { done: [], again: [] };
  let claimAt = 0;
  let pausedUntil = 0;

  const isUnsettled = () => unsettled.done.length + unsettled.again.length > 0;

  async function claimSome(most: number): Promise<Item[]> {
    const settled = unsettled;
    const items = await claim(settled, most);
    unsettled = { done: [], again: [] };
    return items;
  }

  async function claimWhenDue(most: number): Promise<Item[]> {
    if (Date.now() < claimAt) return [];
    // before the statement: a kick that comes while it runs is for the next one
    claimAt = Date.now() + sweepMs;
    return claimSome(most);
  }

  /** Without a claim. */
  async function settle(): Promise<"none"> {
    if (isUnsettled()) await claimSome(0);
    return "none";
  }

  /** Keeps what became of them, and gives back what is not done. */
  async function workOn(items: Item[]): Promise<Settlement<Key>["again"]> {
    const { done, again, pauseMs = 0 } = await work(items, signal);
    pausedUntil = Date.now() + pauseMs;
    unsettled = {
      done: [...unsettled.done, ...done].slice(-mostUnsettled),
      again: [...unsettled.again, ...again].slice(-mostUnsettled),
    };
    return again;
  }

  return {
    settle,
    restMs: () => Math.max(0, claimAt - Date.now()),
    pauseMs: () => Math.max(0, pausedUntil - Date.now()),
    /** The next claim is due after so long. */
    claimIn(ms: number): void {
      claimAt = Date.now() + ms;
    },
    /** Works on what is in hand, and on what it claims when that is due. What is not done is settled at once. */
    async next(): Promise<Found> {
      const own = handed(size);
      const claiming = claimWhenDue(size - own.length);
      const claimed = await claiming.catch((): Item[] => []);
      const items = [...own, ...claimed];
      const again = items.length > 0 ? await workOn(items) : [];
      await claiming; // what is in hand was worked on, whether the claim failed or not
      if (again.length > 0) {
        const atOnce = again.some(({ afterSeconds }) => afterSeconds === 0);
        if (atOnce) claimAt = 0;
        await settle();
        return atOnce ? "full" : "none";
      }
      if (claimed.length > 0) claimAt = 0;
      if (items.length > 0) claimAt = Math.min(claimAt, Date.now() + gatherMs);
      if (items.length === 0) return "none";
      return items.length < size ? "some" : "full";
    },
  };
}

const rest = (ms: number, signal: AbortSignal) => pause(ms, undefined, { signal }).catch(() => {});

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
