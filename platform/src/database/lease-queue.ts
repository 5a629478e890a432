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
  const batches = new LeaseBatches(options, interrupt.signal);
  const tried = (work: Promise<Found>) =>
    work.catch((error): Found => {
      batches.claimIn(options.failed(error));
      return "none";
    });
  const run = async () => {
    while (!stopping.signal.aborted) {
      const found = await tried(batches.next());
      if (batches.pauseMs > 0) await rest(batches.pauseMs, stopping.signal);
      else if (found === "some") await pause(options.gatherMs);
      else if (found === "none" && !stopping.signal.aborted) await wake.wait(batches.restMs);
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
export class LeaseBatches<Item, Key> {
  readonly #options: LeaseQueueOptions<Item, Key>;
  readonly #signal: AbortSignal;
  #unsettled: Settlement<Key> = { done: [], again: [] };
  #claimAt = 0;
  #pausedUntil = 0;

  constructor(options: LeaseQueueOptions<Item, Key>, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  /** Until the next claim is due. */
  get restMs(): number {
    return Math.max(0, this.#claimAt - Date.now());
  }

  get pauseMs(): number {
    return Math.max(0, this.#pausedUntil - Date.now());
  }

  /** The next claim is due after so long. */
  claimIn(ms: number): void {
    this.#claimAt = Date.now() + ms;
  }

  /** Works on what is in hand, and on what it claims when that is due. What is not done is settled at once. */
  async next(): Promise<Found> {
    const { size, handed, gatherMs } = this.#options;
    const own = handed?.(size) ?? [];
    const claiming = this.#claimWhenDue(size - own.length);
    const claimed = await claiming.catch((): Item[] => []);
    const items = [...own, ...claimed];
    const again = items.length > 0 ? await this.#workOn(items) : [];
    await claiming; // what is in hand was worked on, whether the claim failed or not
    if (again.length > 0) return this.#giveBack(again);
    if (items.length === 0) return "none";
    this.#claimAt = claimed.length > 0 ? 0 : Math.min(this.#claimAt, Date.now() + gatherMs);
    return items.length < size ? "some" : "full";
  }

  /** Without a claim. */
  async settle(): Promise<"none"> {
    const { done, again } = this.#unsettled;
    if (done.length + again.length > 0) await this.#claim(0);
    return "none";
  }

  async #claimWhenDue(most: number): Promise<Item[]> {
    if (Date.now() < this.#claimAt) return [];
    // before the statement: a kick that comes while it runs is for the next one
    this.claimIn(this.#options.sweepMs);
    return this.#claim(most);
  }

  async #claim(most: number): Promise<Item[]> {
    const items = await this.#options.claim(this.#unsettled, most);
    this.#unsettled = { done: [], again: [] };
    return items;
  }

  /** Keeps what became of them, and gives back what is not done. */
  async #workOn(items: Item[]): Promise<Settlement<Key>["again"]> {
    const { done, again, pauseMs = 0 } = await this.#options.work(items, this.#signal);
    this.#pausedUntil = Date.now() + pauseMs;
    this.#unsettled = {
      done: [...this.#unsettled.done, ...done].slice(-mostUnsettled),
      again: [...this.#unsettled.again, ...again].slice(-mostUnsettled),
    };
    return again;
  }

  async #giveBack(again: Settlement<Key>["again"]): Promise<Found> {
    const atOnce = again.some(({ afterSeconds }) => afterSeconds === 0);
    if (atOnce) this.claimIn(0);
    await this.settle();
    return atOnce ? "full" : "none";
  }
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
