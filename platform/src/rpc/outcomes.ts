import type { Logger } from "../telemetry/log.ts";
import type { Failure } from "./errors.ts";
import { loggedFailure } from "./log-failure.ts";

/**
 * A call about many items goes in three steps: `settleEach` decides about each by itself, `continueWith` does together what
 * is left to do for those that are fine, and `answerEach` makes the answer. In between an item that failed is an Error.
 */
export async function settleEach<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<(Result | Error)[]> {
  const settled = await Promise.allSettled(items.map(work));
  return settled.map((one) => (one.status === "fulfilled" ? one.value : toError(one.reason)));
}

/** Does the next step for all that did not fail; `all` has an outcome for each of them, in their order. */
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
  /** What is done for an item, for the log. */
  name: string;
  answer(result: Result, place: number): Answer;
  failure(failure: Failure, place: number): Answer;
};

/**
 * One answer an item; what failed is logged as if it were a call of its own. The only item of a call fails the call
 * instead: then its status is the call's, which sidecars, traces and metrics see.
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
