import { setTimeout as pause } from "node:timers/promises";

/** The outcome of a batch, by the keys of the rows. Rows in `again` may be claimed again after `afterSeconds`. */
export type Settlement<Key> = { done: Key[]; again: { key: Key; afterSeconds: number }[] };
/** `pauseMs`: for this long no batch starts, not even after a kick. */
export type Worked<Key> = Settlement<Key> & { pauseMs?: number };

/**
 * A queue in a table whose rows are worked on by one replica at a time. A claim is a lease: when the process dies, the
 * rows become due again. Each queue has its own table and its own claim statement.
 */
export type LeaseQueueOptions<Item, Key> = {
  /** Maximum number of items of a batch. */
  size: number;
  /** One statement: settles earlier batches and claims up to `size` more items. */
  claim(settlement: Settlement<Key>, size: number): Promise<Item[]>;
  /** Must not throw: it returns the items that may be claimed again. `signal` aborts when the queue stops. */
  work(items: Item[], signal: AbortSignal): Promise<Worked<Key>>;
  /** Returns items that this process has claimed already, at most `most`. They need not be read again. */
  handed?(most: number): Item[];
  /** How long a row waits at most when no kick announces it. */
  sweepMs: number;
  /**
   * Pause after a batch, so that rows written meanwhile form one batch. The earlier batch is settled with the next
   * claim.
   */
  gatherMs: number;
  /** Called when a claim failed. Returns how long to wait before the next claim, in milliseconds. */
  failed(error: unknown): number;
  /** How long a stopping queue may start further batches. When absent, stopping aborts the batch in progress. */
  lastBatchesMs?: number;
};

export type LeaseQueue = {
  /** A row was just written: claim now instead of at the next sweep. */
  kick(): void;
  /** Items were handed over: work on them now. */
  wake(): void;
  /** Finishes the batch in progress, or returns its rows. Other replicas, or the next start, work on the rest. */
  stop(): Promise<void>;
};

/** How many items a batch had. After `full` more may be due; after `none` nothing is due. */
export type Found = "none" | "some" | "full";

/**
 * Maximum number of outcomes that wait to be settled. Beyond it the oldest are dropped: their rows become due when the
 * lease expires.
 */
const mostUnsettled = 20_000;

/** Works on a queue until it is stopped. */
export function startLeaseQueue<Item, Key>(options: LeaseQueueOptions<Item, Key>): LeaseQueue {
  const wake = new Signal();
  const stopping = new AbortController();
  const interrupt = new AbortController();
  const batches = new LeaseBatches(options, interrupt.signal);
  const tried = (work: Promise<Found>) =>
    work.catch((error): Found => {
      batches.retryIn(options.failed(error));
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
      batches.kick();
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

/** The batches of a queue, one at a time. */
export class LeaseBatches<Item, Key> {
  readonly #options: LeaseQueueOptions<Item, Key>;
  readonly #signal: AbortSignal;
  #unsettled: Settlement<Key> = { done: [], again: [] };
  #claimAt = 0;
  /** A kick came since the last claim began. */
  #kicked = false;
  #pausedUntil = 0;

  constructor(options: LeaseQueueOptions<Item, Key>, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  /** Time until the next claim is due. */
  get restMs(): number {
    return Math.max(0, this.#claimAt - Date.now());
  }

  get pauseMs(): number {
    return Math.max(0, this.#pausedUntil - Date.now());
  }

  /** Sets when the next claim is due. */
  claimIn(ms: number): void {
    this.#claimAt = Date.now() + ms;
  }

  /** Makes the next claim due, even when the claim in progress fails. */
  kick(): void {
    this.#kicked = true;
    this.claimIn(0);
  }

  /** Delays the next claim after a failure, unless a kick announced rows that the failed claim may not have seen. */
  retryIn(ms: number): void {
    if (!this.#kicked) this.claimIn(ms);
  }

  /** Works on the items handed over, and on claimed ones when a claim is due. Unfinished items are settled at once. */
  async next(): Promise<Found> {
    const { size, handed, gatherMs } = this.#options;
    const own = handed?.(size) ?? [];
    const claiming = this.#claimWhenDue(size - own.length);
    const claimed = await claiming.catch((): Item[] => []);
    const items = [...own, ...claimed];
    const again = items.length > 0 ? await this.#workOn(items) : [];
    await claiming; // Awaited last: the items handed over are worked on even when the claim fails.
    // A claim may stop before `size` (outbox.sql: by bytes), so a smaller batch does not mean that nothing more is due.
    // After a batch in which nothing succeeded, the next one would probably fail too.
    if (again.length > 0) return this.#giveBack(again, again.length < items.length);
    if (items.length === 0) return "none";
    this.#claimAt = claimed.length > 0 ? 0 : Math.min(this.#claimAt, Date.now() + gatherMs);
    return items.length < size ? "some" : "full";
  }

  /** Settles without claiming. */
  async settle(): Promise<"none"> {
    const { done, again } = this.#unsettled;
    if (done.length + again.length > 0) await this.#claim(0);
    return "none";
  }

  async #claimWhenDue(most: number): Promise<Item[]> {
    if (Date.now() < this.#claimAt) return [];
    // Set before the statement runs, so that a kick during the statement triggers another claim.
    this.#kicked = false;
    this.claimIn(this.#options.sweepMs);
    return this.#claim(most);
  }

  async #claim(most: number): Promise<Item[]> {
    const items = await this.#options.claim(this.#unsettled, most);
    this.#unsettled = { done: [], again: [] };
    return items;
  }

  /** Records the outcome of a batch. Returns the unfinished items. */
  async #workOn(items: Item[]): Promise<Settlement<Key>["again"]> {
    const { done, again, pauseMs = 0 } = await this.#options.work(items, this.#signal);
    this.#pausedUntil = Date.now() + pauseMs;
    this.#unsettled = {
      done: [...this.#unsettled.done, ...done].slice(-mostUnsettled),
      again: [...this.#unsettled.again, ...again].slice(-mostUnsettled),
    };
    return again;
  }

  /** Settles at once, so that other replicas can claim the rows. `goesOn`: claims again at once. */
  async #giveBack(again: Settlement<Key>["again"], goesOn: boolean): Promise<Found> {
    const atOnce = goesOn || again.some(({ afterSeconds }) => afterSeconds === 0);
    if (atOnce) this.claimIn(0);
    await this.settle();
    return atOnce ? "full" : "none";
  }
}

const rest = (ms: number, signal: AbortSignal) => pause(ms, undefined, { signal }).catch(() => {});

/** Wakes one waiter. A notification that arrives while nobody waits is kept. */
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
