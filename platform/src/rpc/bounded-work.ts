import pLimit from "p-limit";
import { type CallContext, throwIfDone } from "./call.ts";
import { AppError, type ErrorKind } from "./errors.ts";

/**
 * Bounds expensive work of a process: up to `atOnce` pieces run while up to `waiting` more wait, and the rest fails with
 * `refusal`. Waiting work whose caller has cancelled is dropped.
 */
export function boundedWork(atOnce: number, waiting: number, refusal: ErrorKind) {
  const limit = pLimit(atOnce);
  return async <T>(context: CallContext, work: () => Promise<T>): Promise<T> => {
    if (limit.activeCount + limit.pendingCount >= atOnce + waiting) throw new AppError(refusal);
    return limit(() => {
      throwIfDone(context);
      return work();
    });
  };
}
