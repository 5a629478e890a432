import { durationHistogram, meter, withTrace } from "../telemetry/telemetry.ts";
import { type BatchCall, mergeContexts, mergeTraces, openCall } from "./batch-call.ts";
import { createPace, type Pace } from "./batch-pace.ts";
import { type CallContext, throwIfDone } from "./call.ts";
import { AppError, commonErrors, toAppError } from "./errors.ts";

/**
 * How many bad items of one batch are surely found. Each needs at most one split on every level of the halving, so the
 * number of runs grows with the logarithm of the batch's size even when all items fail.
 */
const surelyFound = 4;

export type BatchOptions<Item, Result> = {
  /** Label in metrics. */
  name: string;
  /** Maximum number of items of a batch. */
  most: number;
  /** Maximum number of batches in progress. Items that arrive meanwhile wait for the next one. */
  parallel: number;
  /** How long a batch grows at most, while each turn of the event loop brings more items; 0.8 when absent. */
  windowMs?: number;
  /** For work that costs more per batch than per item. */
  pace?: Pace;
  /** Maximum number of waiting items. A call beyond it is refused with OVERLOADED. */
  waiting: number;
  /** Only items with the same key share a batch, for example those of one token. When absent, all do. */
  keyOf?(item: Item, context: CallContext): string;
  /**
   * Returns one outcome for each item, in the same order. An Error affects only its item's caller. The context has the
   * latest deadline of the callers. A failed batch may be run again with some of its items, so this must be idempotent.
   */
  run(items: readonly Item[], context: CallContext): Promise<readonly (Result | Error)[]>;
};

export type Batcher<Item, Result> = {
  (item: Item, context: CallContext): Promise<Result>;
  /**
   * Several items of one caller, with one outcome each, in the same order. They are queued in a row and may be split
   * over batches. Rejects when the caller cancels or its deadline passes, and with OVERLOADED when not all of them may
   * wait.
   */
  all(items: readonly Item[], context: CallContext): Promise<(Result | Error)[]>;
};

/** An item that waits for its batch. */
type Waiter<Item, Result> = { item: Item; key: string; call: BatchCall<Result>; place: number };

/**
 * Merges concurrent calls into batches: one call with an array instead of many calls. A single caller is sent at once.
 * While batches are in progress, or each turn of the event loop brings more items, the batch grows. Items are served in
 * order of arrival. Each caller keeps its own deadline and may cancel at any time, and each item has its own outcome.
 * When a whole batch fails and one item may be the cause (BAD_INPUT, a response too large, a failed statement), it is
 * retried in halves. The number of retries is bounded: when many items fail, the rest gets UNAVAILABLE.
 */
export function createBatcher<Item, Result>(options: BatchOptions<Item, Result>): Batcher<Item, Result> {
  const queue = new BatchQueue(options);
  const all = async (items: readonly Item[], context: CallContext) => queue.add(items, context);
  const one = async (item: Item, context: CallContext): Promise<Result> => {
    const [outcome] = await queue.add([item], context);
    if (outcome instanceof Error) throw outcome;
    return outcome as Result;
  };
  return Object.assign(one, { all });
}

class BatchQueue<Item, Result> {
  readonly #options: BatchOptions<Item, Result>;
  readonly #pace: ReturnType<typeof createPace> | undefined;
  readonly #size = meter().createHistogram("sidecart_batch_size", {
    description: "Items per batch",
    advice: { explicitBucketBoundaries: [1, 2, 4, 8, 16, 32, 64, 128, 256] },
  });
  readonly #waited = durationHistogram("sidecart_batch_wait", "How long the first item of a batch waited");
  #queue: Waiter<Item, Result>[] = [];
  #inProgress = 0;
  #gathering = false;

  constructor(options: BatchOptions<Item, Result>) {
    this.#options = options;
    this.#pace = options.pace && createPace(options.pace, () => this.#gather());
  }

  async add(items: readonly Item[], context: CallContext): Promise<(Result | Error)[]> {
    const { waiting, keyOf = () => "" } = this.#options;
    throwIfDone(context);
    if (items.length === 0) return [];
    if (this.#queue.length + items.length > waiting) throw new AppError(commonErrors.overloaded);
    const keys = items.map((item) => keyOf(item, context));
    return new Promise((resolve, reject) => {
      const call = openCall<Result>(items.length, context, resolve, reject);
      this.#queue.push(...items.map((item, place) => ({ item, key: keys[place] ?? "", call, place })));
      this.#pace?.came();
      this.#gather();
    });
  }

  #gather(): void {
    if (this.#gathering || !this.#mayStart()) return;
    this.#gathering = true;
    const { most, windowMs = 0.8 } = this.#options;
    const end = performance.now() + windowMs;
    let seen = this.#queue.length;
    const turn = () => {
      const grown = this.#queue.length > seen;
      seen = this.#queue.length;
      if (grown && seen < most && performance.now() < end) return void setImmediate(turn);
      this.#gathering = false;
      this.#send();
    };
    setImmediate(turn);
  }

  #mayStart(): boolean {
    const { most, parallel } = this.#options;
    const waiting = this.#queue.length;
    if (this.#inProgress >= parallel || waiting === 0) return false;
    return this.#pace === undefined || waiting >= most || this.#pace.allows(waiting, this.#inProgress);
  }

  #send(): void {
    while (this.#mayStart()) this.#start(this.#take());
  }

  #start(batch: Waiter<Item, Result>[]): void {
    const [first] = batch;
    if (!first) return;
    const labels = { batch: this.#options.name };
    this.#inProgress += 1;
    this.#pace?.began();
    this.#size.record(batch.length, labels);
    this.#waited.record((performance.now() - first.call.since) / 1000, labels);
    runBatch(batch, this.#options).finally(() => {
      this.#inProgress -= 1;
      if (this.#inProgress === 0) this.#pace?.ended(batch.length + this.#queue.length);
      this.#gather();
    });
  }

  /** Takes the item that waits longest, and later ones that may share its batch. */
  #take(): Waiter<Item, Result>[] {
    const left = this.#queue.filter(({ call }) => !call.isDone());
    const batch: Waiter<Item, Result>[] = [];
    this.#queue = [];
    for (const waiter of left) {
      const fits = batch.length < this.#options.most && (batch.length === 0 || batch[0]?.key === waiter.key);
      (fits ? batch : this.#queue).push(waiter);
    }
    return batch;
  }
}

/** How often a failed batch may still be split. */
type Splits = { left: number };

const splitsOf = (size: number): Splits => ({ left: surelyFound * Math.ceil(Math.log2(size)) });

async function runBatch<Item, Result>(
  waiters: readonly Waiter<Item, Result>[],
  options: BatchOptions<Item, Result>,
  splits = splitsOf(waiters.length),
): Promise<void> {
  const calls = [...new Set(waiters.map(({ call }) => call))];
  const { context, finish } = mergeContexts(calls);
  try {
    const items = waiters.map(({ item }) => item);
    const outcomes = await withTrace(mergeTraces(calls), () => options.run(items, context));
    if (outcomes.length !== waiters.length)
      throw new Error(`${options.name}: ${outcomes.length} outcomes for ${waiters.length} items`);
    finish();
    for (const [at, { call, place }] of waiters.entries()) call.settle(place, outcomes[at] as Result | Error);
  } catch (error) {
    finish();
    await settleFailed(waiters, error, options, splits);
  }
}

async function settleFailed<Item, Result>(
  waiters: readonly Waiter<Item, Result>[],
  error: unknown,
  options: BatchOptions<Item, Result>,
  splits: Splits,
): Promise<void> {
  const left = waiters.filter(({ call }) => !call.isDone());
  if (waiters.length > 1 && toAppError(error).mayBeOneItems) {
    // The cause may be another item, so it is not returned to these.
    if (splits.left === 0) return settleAll(left, new AppError(commonErrors.unavailable, { cause: error }));
    splits.left -= 1;
    const middle = Math.ceil(left.length / 2);
    const halves = [left.slice(0, middle), left.slice(middle)].filter((half) => half.length > 0);
    for (const half of halves) await runBatch(half, options, splits);
  } else {
    settleAll(left, error instanceof Error ? error : new Error(String(error)));
  }
}

function settleAll<Item, Result>(waiters: readonly Waiter<Item, Result>[], failure: Error): void {
  for (const { call, place } of waiters) call.settle(place, failure);
}
