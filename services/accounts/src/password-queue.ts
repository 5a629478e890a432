import { AppError, type CallContext, throwIfDone } from "@sidecart/platform/rpc";
import pLimit from "p-limit";
import { accountErrors } from "./errors.ts";
import { hashPassword, passwordMatches } from "./password.ts";

/** Limits how many passwords are hashed at once: each takes a core and 19 MiB for tens of milliseconds. */
export type PasswordQueue = {
  hash(password: string, context: CallContext): Promise<string>;
  /** With `stored` undefined the result is false, after the same time. */
  matches(stored: string | undefined, password: string, context: CallContext): Promise<boolean>;
};

/**
 * Processes up to `atOnce` passwords while up to `waiting` more wait, and refuses the rest. A waiting password whose
 * caller has cancelled is dropped.
 */
export function createPasswordQueue(atOnce: number, waiting: number): PasswordQueue {
  const limit = pLimit(atOnce);
  async function inTurn<T>(context: CallContext, work: () => Promise<T>): Promise<T> {
    if (limit.activeCount + limit.pendingCount >= atOnce + waiting) throw new AppError(accountErrors.tooBusy);
    return limit(() => {
      throwIfDone(context);
      return work();
    });
  }
  return {
    hash: (password, context) => inTurn(context, () => hashPassword(password)),
    matches: (stored, password, context) => inTurn(context, () => passwordMatches(stored, password)),
  };
}
