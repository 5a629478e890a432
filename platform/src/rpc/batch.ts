import { durationHistogram, meter, withTrace } from "../telemetry/telemetry.ts";
import { type BatchCall, mergeContexts, mergeTraces, openCall } from "./batch-call.ts";
import { createPace, type Pace } from "./batch-pace.ts";
import { type CallContext, throwIfDone } from "./call.ts";
import { AppError, commonErrors, toAppError } from "./errors.ts";

export type BatchOptions<Item, Result> = {
  /** For metrics. */
  name: string;
  /** Items of one batch. */
  most: number;
  /** Batches under way at once; who comes meanwhile goes with the next one. */
  parallel: number;
  /** How long a batch gathers at most, while each turn of the event loop brings more; 0.8 when absent. */
  windowMs?: number;
  /** For work that costs by the batch more than by the item. */
  pace?: Pace;
  /** Items that may wait for their turn; who brings more is refused OVERLOADED. */
  waiting: number;
  /** Only items of one key go together, such as those of one token; all of them when absent. */
  keyOf?(item: Item, context: CallContext): string;
  /**
   * One outcome for each item, in their order; an Error is that caller's alone. It may take as long as the most patient
   * caller. What failed as a whole is run again for some of the items, so it must be idempotent.
   */
  run(items: readonly Item[], context: CallContext): Promise<readonly (Result | Error)[]>;
};

export type Batcher<Item, Result> = {
  (item: Item, context: CallContext): Promise<Result>;
  /**
   * Several items of one caller, with one outcome each, in their order. They are in a row, first come, first served, and
   * need not go in one batch. Rejects when the caller leaves, at its deadline, and OVERLOADED when not all of them may wait.
   */
  all(items: readonly Item[], context: CallContext): Promise<(Result | Error)[]>;
};

/** An item that waits for its batch. */
type Waiter<Item, Result> = { item: Item; key: string; call: BatchCall<Result>; place: number };

/**
 * Puts concurrent calls together: one array call instead of many. A caller that is alone goes at once; while batches are
 * under way, or a turn of the event loop brings more, the others gather. Items go first come, first served; each caller
 * keeps its own deadline and may leave at any time, and each item has its own outcome: a batch that fails as a whole for what may be one
 * item's fault (BAD_INPUT, an answer too large, a statement that failed) is asked again in halves.
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
    description: "Items whose calls went together",
    advice: { explicitBucketBoundaries: [1, 2, 4, 8, 16, 32, 64, 128, 256] },
  });
  readonly #waited = durationHistogram("sidecart_batch_wait", "How long the first of a batch waited for the others");
  #queue: Waiter<Item, Result>[] = [];
  #underWay = 0;
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
    if (this.#underWay >= parallel || waiting === 0) return false;
    return this.#pace === undefined || waiting >= most || this.#pace.allows(waiting, this.#underWay);
  }

  #send(): void {
    while (this.#mayStart()) this.#start(this.#take());
  }

  #start(batch: Waiter<Item, Result>[]): void {
    const [first] = batch;
    if (!first) return;
    const told = { batch: this.#options.name };
    this.#underWay += 1;
    this.#pace?.began();
    this.#size.record(batch.length, told);
    this.#waited.record((performance.now() - first.call.since) / 1000, told);
    ask(batch, this.#options).finally(() => {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#pace?.ended(batch.length + this.#queue.length);
      this.#gather();
    });
  }

  /** The longest waiting item, and those behind it that may go along. */
  #take(): Waiter<Item, Result>[] {
    const left = this.#queue.filter(({ call }) => !call.isDone());
    const batch: Waiter<Item, Result>[] = [];
    this.#queue = [];
    for (const waiter of left) {
      const goes = batch.length < this.#options.most && (batch.length === 0 || batch[0]?.key === waiter.key);
      (goes ? batch : this.#queue).push(waiter);
    }
    return batch;
  }
}

async function ask<Item, Result>(
  waiters: readonly Waiter<Item, Result>[],
  options: BatchOptions<Item, Result>,
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
    await refuse(waiters, error, options);
  }
}

async function refuse<Item, Result>(
  waiters: readonly Waiter<Item, Result>[],
  error: unknown,
  options: BatchOptions<Item, Result>,
): Promise<void> {
  const left = waiters.filter(({ call }) => !call.isDone());
  if (waiters.length > 1 && toAppError(error).mayBeOneItems) {
    const middle = Math.ceil(left.length / 2);
    const halves = [left.slice(0, middle), left.slice(middle)].filter((half) => half.length > 0);
    for (const half of halves) await ask(half, options);
  } else {
    const failure = error instanceof Error ? error : new Error(String(error));
    for (const { call, place } of left) call.settle(place, failure);
  }
}
