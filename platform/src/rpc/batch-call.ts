import { type Context, trace } from "@opentelemetry/api";
import { activeTrace } from "../telemetry/telemetry.ts";
import type { CallContext } from "./call.ts";
import { AppError, commonErrors } from "./errors.ts";

/** One caller of a batcher, with one item or several. It ends when each has its outcome, or when the caller leaves. */
export type BatchCall<Result> = {
  readonly context: CallContext;
  readonly trace: Context;
  /** By `performance.now()`. */
  readonly since: number;
  isDone(): boolean;
  settle(place: number, outcome: Result | Error): void;
  /** Told when the call has ended, whatever ended it. */
  readonly onEnd: Set<() => void>;
};

/** `fail` gets why the whole call ended early: its deadline, or its caller left. */
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
    context.signal.removeEventListener("abort", leave);
    for (const told of [...onEnd]) told();
  };
  const giveUp = (error: Error) => {
    end();
    fail(error);
  };
  const leave = () => giveUp(new AppError(commonErrors.cancelled));
  const timer = setTimeout(() => giveUp(new AppError(commonErrors.timeout)), context.deadline - Date.now());
  context.signal.addEventListener("abort", leave, { once: true });
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
 * What a batch inherits: it may take as long as the most patient caller, and ends when the last one has gone. It shows
 * a token only when it is everybody's.
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

/** A batch belongs to the trace of one caller that is recorded; the others' spans are linked to it. */
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
