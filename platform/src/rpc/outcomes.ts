import type { Logger } from "../telemetry/log.ts";
import type { Failure } from "./errors.ts";
import { loggedFailure } from "./log-failure.ts";

/**
 * A call with many items has three steps. `settleEach` does the work of each item separately, `continueWith` does the
 * next step for the remaining items together, and `answerEach` builds the responses. A failed item is an Error from one
 * step to the next.
 */
export async function settleEach<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<(Result | Error)[]> {
  const settled = await Promise.allSettled(items.map(work));
  return settled.map((one) => (one.status === "fulfilled" ? one.value : toError(one.reason)));
}

/**
 * Does the next step for all items that have not failed. `all` returns an outcome for each of them, in the same order.
 */
export async function continueWith<Item, Result>(
  outcomes: readonly (Item | Error)[],
  all: (items: Item[]) => Promise<readonly (Result | Error)[]>,
): Promise<(Result | Error)[]> {
  const fine = outcomes.filter((one): one is Item => !(one instanceof Error));
  const results = fine.length > 0 ? await all(fine) : [];
  if (results.length !== fine.length) throw new Error(`${results.length} outcomes for ${fine.length} items`);
  let next = 0;
  return outcomes.map((one) => {
    if (one instanceof Error) return one;
    next += 1;
    return results[next - 1] as Result | Error;
  });
}

export type Answering<Result, Answer> = {
  log: Logger;
  /** The name of the work of one item in the log. */
  name: string;
  answer(result: Result, place: number): Answer;
  failure(failure: Failure, place: number): Answer;
};

/**
 * Builds one response per item. A failure is logged as if it were a call of its own. When the only item of a call
 * fails, the call itself fails, so that sidecars, traces and metrics see its status.
 */
export function answerEach<Result, Answer>(
  outcomes: readonly (Result | Error)[],
  { log, name, answer, failure }: Answering<Result, Answer>,
): Answer[] {
  const [only] = outcomes;
  if (outcomes.length === 1 && only instanceof Error) throw only;
  return outcomes.map((one, place) => {
    if (!(one instanceof Error)) return answer(one, place);
    return failure(loggedFailure(log, name, one), place);
  });
}

const toError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));
