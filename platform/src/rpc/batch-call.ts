import { type Context, trace } from "@opentelemetry/api";
import { activeTrace } from "../telemetry/telemetry.ts";
import type { CallContext } from "./call.ts";
import { AppError, commonErrors } from "./errors.ts";

/**
 * A caller's items in a batcher, one or several. The call ends when each item has its outcome, or when the caller
 * cancels.
 */
export type BatchCall<Result> = {
  readonly context: CallContext;
  readonly trace: Context;
  /** Measured with `performance.now()`. */
  readonly since: number;
  isDone(): boolean;
  settle(place: number, outcome: Result | Error): void;
  /** Called when the call ends for any reason. */
  readonly onEnd: Set<() => void>;
};

/** `fail` receives the reason when the whole call ends early: deadline or cancellation. */
export function openCall<Result>(
  size: number,
  context: CallContext,
  succeed: (outcomes: (Result | Error)[]) => void,
  fail: (error: Error) => void,
): BatchCall<Result> {
  const outcomes = new Array<Result | Error>(size);
  const onEnd = new Set<() => void>();
  let left = size;
  let done = false;
  const end = () => {
    done = true;
    clearTimeout(timer);
    context.signal.removeEventListener("abort", cancel);
    for (const listener of [...onEnd]) listener();
  };
  const endEarly = (error: Error) => {
    end();
    fail(error);
  };
  const cancel = () => endEarly(new AppError(commonErrors.cancelled));
  const timer = setTimeout(() => endEarly(new AppError(commonErrors.timeout)), context.deadline - Date.now());
  context.signal.addEventListener("abort", cancel, { once: true });
  return {
    context,
    trace: activeTrace(),
    since: performance.now(),
    isDone: () => done,
    settle(place, outcome) {
      if (done) return;
      outcomes[place] = outcome;
      left -= 1;
      if (left > 0) return;
      end();
      succeed(outcomes);
    },
    onEnd,
  };
}

/**
 * The context of a batch. It has the latest deadline of its callers, and is aborted when the last one has ended. It has
 * a token only when all callers have the same one.
 */
export function mergeContexts(calls: readonly BatchCall<never>[]): { context: CallContext; finish(): void } {
  const abort = new AbortController();
  let left = calls.length;
  const ended = () => {
    left -= 1;
    if (left === 0) abort.abort();
  };
  for (const call of calls) call.onEnd.add(ended);
  const contexts = calls.map(({ context }) => context);
  const tokens = new Set(contexts.map(({ authorization }) => authorization));
  return {
    context: {
      deadline: Math.max(...contexts.map(({ deadline }) => deadline)),
      signal: abort.signal,
      ...(tokens.size === 1 && { authorization: contexts[0]?.authorization }),
      repeatable: contexts.every(({ repeatable }) => repeatable),
    },
    finish() {
      for (const call of calls) call.onEnd.delete(ended);
    },
  };
}

/** A batch belongs to the trace of one recorded caller. The spans of the other callers are linked to it. */
export function mergeTraces(calls: readonly BatchCall<never>[]): Context {
  const spans = calls.map((call) => trace.getSpan(call.trace));
  const chosen = Math.max(
    0,
    spans.findIndex((span) => span?.isRecording()),
  );
  const context = spans[chosen]?.spanContext();
  spans.forEach((span, place) => {
    if (context && place !== chosen && span?.isRecording()) span.addLink({ context });
  });
  return (calls[chosen] as BatchCall<never>).trace;
}
