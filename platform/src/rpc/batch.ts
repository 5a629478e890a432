import { type Context, trace } from "@opentelemetry/api";
import { StatementFailed } from "../database/database.ts";
import { activeTrace, durationHistogram, meter, withTrace } from "../telemetry/telemetry.ts";
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
  /** Callers that may wait for their turn; the next one is refused OVERLOADED. */
  waiting: number;
  /** Only items of one key go together, such as those of one token; all of them when absent. */
  keyOf?(item: Item, context: CallContext): string;
  /**
   * One outcome for each item, in their order; an Error is that caller's alone. It may take as long as the most patient
   * caller. What failed as a whole is run again for some of the items, so done twice it must have the effect of once.
   */
  run(items: readonly Item[], context: CallContext): Promise<readonly (Result | Error)[]>;
};

export type Pace = {
  /** While a batch is under way another one begins only when it is full, or when the one before has taken this long. */
  patienceMs: number;
  /**
   * When a batch has ended and there is more than one caller, the next one waits until as many are there again, while
   * they come within this time of each other, and for no longer than `patienceMs`.
   */
  lingerMs: number;
};

export type Batcher<Item, Result> = (item: Item, context: CallContext) => Promise<Result>;

type Waiter<Item, Result> = {
  item: Item;
  key: string;
  context: CallContext;
  trace: Context;
  since: number;
  settle(outcome: Result | Error): void;
  isDone(): boolean;
  /** Set while its batch is under way: told when the caller leaves. */
  onGone(): void;
};

/**
 * Puts concurrent calls together: one array call instead of many. A caller that is alone goes at once; while batches are
 * under way, or a turn of the event loop brings more, the others gather. Callers go first come, first served; each keeps
 * its own deadline and may leave at any time, and gets its own outcome: a batch that fails as a whole for what may be one
 * item's fault (BAD_INPUT, an answer too large, a statement that failed) is asked again in halves.
 */
export function createBatcher<Item, Result>(options: BatchOptions<Item, Result>): Batcher<Item, Result> {
  const { name, most, parallel, windowMs = 0.8, waiting, keyOf = () => "" } = options;
  const pace = options.pace && createPace(options.pace, gather);
  const told = { batch: name };
  const size = meter().createHistogram("sidecart_batch_size", {
    description: "Callers whose calls went together",
    advice: { explicitBucketBoundaries: [1, 2, 4, 8, 16, 32, 64, 128, 256] },
  });
  const waited = durationHistogram("sidecart_batch_wait", "How long the first of a batch waited for the others");
  let queue: Waiter<Item, Result>[] = [];
  let underWay = 0;
  let gathering = false;

  function gather(): void {
    if (gathering || !mayStart()) return;
    gathering = true;
    const end = performance.now() + windowMs;
    let seen = queue.length;
    const turn = () => {
      const grown = queue.length > seen;
      seen = queue.length;
      if (grown && seen < most && performance.now() < end) return void setImmediate(turn);
      gathering = false;
      send();
    };
    setImmediate(turn);
  }

  function mayStart(): boolean {
    if (underWay >= parallel || queue.length === 0) return false;
    return pace === undefined || queue.length >= most || pace.allows(queue.length, underWay);
  }

  function send(): void {
    while (mayStart()) start(take());
  }

  function start(batch: Waiter<Item, Result>[]): void {
    const [first] = batch;
    if (!first) return;
    underWay += 1;
    pace?.began();
    size.record(batch.length, told);
    waited.record((performance.now() - first.since) / 1000, told);
    ask(batch, options).finally(() => {
      underWay -= 1;
      if (underWay === 0) pace?.ended(batch.length + queue.length);
      gather();
    });
  }

  /** The longest waiting caller, and those behind it that may go along. */
  function take(): Waiter<Item, Result>[] {
    const left = queue.filter((waiter) => !waiter.isDone());
    const batch: Waiter<Item, Result>[] = [];
    queue = [];
    for (const waiter of left) {
      const goes = batch.length < most && (batch.length === 0 || batch[0]?.key === waiter.key);
      (goes ? batch : queue).push(waiter);
    }
    return batch;
  }

  return async (item, context) => {
    throwIfDone(context);
    if (queue.length >= waiting) throw new AppError(commonErrors.overloaded);
    return new Promise<Result>((resolve, reject) => {
      queue.push(waiterOf(item, keyOf(item, context), context, resolve, reject));
      pace?.came();
      gather();
    });
  };
}

/** Decides when a batch that is not full may begin; `look`: that may have changed. */
function createPace({ patienceMs, lingerMs }: Pace, look: () => void) {
  let patient = false;
  /** Callers who were there when a batch ended, and until when the next one waits for them. */
  let expected = 0;
  let lingersUntil = 0;
  let timer: NodeJS.Timeout | undefined;
  const after = (ms: number, then: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      then();
      look();
    }, ms).unref();
  };
  const linger = () => {
    const ms = Math.min(lingerMs, lingersUntil - performance.now());
    const over = () => {
      expected = 0;
    };
    if (ms > 0) after(ms, over);
    else over();
  };
  return {
    allows: (waiting: number, underWay: number): boolean => (underWay > 0 ? !patient : waiting >= expected),
    began(): void {
      patient = true;
      expected = 0;
      after(patienceMs, () => {
        patient = false;
      });
    },
    /** `callers`: those who were answered, and those who wait. */
    ended(callers: number): void {
      clearTimeout(timer);
      if (callers < 2) return;
      expected = callers;
      lingersUntil = performance.now() + patienceMs;
      linger();
    },
    /** Another caller: more may follow. */
    came(): void {
      if (expected > 0) linger();
    },
  };
}

function waiterOf<Item, Result>(
  item: Item,
  key: string,
  context: CallContext,
  resolve: (result: Result) => void,
  reject: (error: Error) => void,
): Waiter<Item, Result> {
  let done = false;
  const settle = (outcome: Result | Error) => {
    if (done) return;
    done = true;
    clearTimeout(timer);
    context.signal.removeEventListener("abort", leave);
    if (outcome instanceof Error) reject(outcome);
    else resolve(outcome);
    waiter.onGone();
  };
  const leave = () => settle(new AppError(commonErrors.cancelled));
  const timer = setTimeout(() => settle(new AppError(commonErrors.timeout)), context.deadline - Date.now());
  context.signal.addEventListener("abort", leave, { once: true });
  const waiter = {
    item,
    key,
    context,
    trace: activeTrace(),
    since: performance.now(),
    settle,
    isDone: () => done,
    onGone: () => {},
  };
  return waiter;
}

async function ask<Item, Result>(
  waiters: readonly Waiter<Item, Result>[],
  options: BatchOptions<Item, Result>,
): Promise<void> {
  const { context, finish } = together(waiters);
  try {
    const items = waiters.map(({ item }) => item);
    const outcomes = await withTrace(traceOf(waiters), () => options.run(items, context));
    if (outcomes.length !== waiters.length)
      throw new Error(`${options.name}: ${outcomes.length} outcomes for ${waiters.length} items`);
    finish();
    for (const [place, waiter] of waiters.entries()) waiter.settle(outcomes[place] as Result | Error);
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
  const left = waiters.filter((waiter) => !waiter.isDone());
  if (waiters.length > 1 && mayBeOnes(error)) {
    const middle = Math.ceil(left.length / 2);
    const halves = [left.slice(0, middle), left.slice(middle)].filter((half) => half.length > 0);
    for (const half of halves) await ask(half, options);
  } else {
    for (const waiter of left) waiter.settle(error instanceof Error ? error : new Error(String(error)));
  }
}

/** What may be the fault of one item: a refusal of what was asked, or a statement that failed on its values. */
const mayBeOnes = (error: unknown) =>
  error instanceof StatementFailed ? !isBroken(error) : toAppError(error).status === "INVALID_ARGUMENT";

/** The statement does not fit the schema (SQLSTATE class 42), whatever its values. */
const isBroken = ({ sqlState }: StatementFailed) => sqlState?.startsWith("42") === true;

/**
 * What a batch inherits: it may take as long as the most patient caller, and ends when the last one has gone. It shows
 * a token only when it is everybody's.
 */
function together(waiters: readonly Waiter<unknown, never>[]): { context: CallContext; finish(): void } {
  const abort = new AbortController();
  let left = waiters.length;
  for (const waiter of waiters) {
    waiter.onGone = () => {
      left -= 1;
      if (left === 0) abort.abort();
    };
  }
  const contexts = waiters.map(({ context }) => context);
  const tokens = new Set(contexts.map(({ authorization }) => authorization));
  return {
    context: {
      deadline: Math.max(...contexts.map(({ deadline }) => deadline)),
      signal: abort.signal,
      ...(tokens.size === 1 && { authorization: contexts[0]?.authorization }),
      repeatable: contexts.every(({ repeatable }) => repeatable),
    },
    finish() {
      for (const waiter of waiters) waiter.onGone = () => {};
    },
  };
}

/** A batch belongs to the trace of one caller that is recorded; the others' spans are linked to it. */
function traceOf(waiters: readonly Waiter<unknown, never>[]): Context {
  const spans = waiters.map((waiter) => trace.getSpan(waiter.trace));
  const chosen = Math.max(
    0,
    spans.findIndex((span) => span?.isRecording()),
  );
  const context = spans[chosen]?.spanContext();
  spans.forEach((span, place) => {
    if (context && place !== chosen && span?.isRecording()) span.addLink({ context });
  });
  return (waiters[chosen] as Waiter<unknown, never>).trace;
}
