import { AppError, type CallContext, throwIfDone } from "@sidecart/platform/rpc";
import pLimit from "p-limit";
import { accountErrors } from "./errors.ts";
import { hashPassword, passwordMatches } from "./password.ts";

/** Passwords are hashed a few at a time: each takes a core and 19 MiB for some ten milliseconds. */
export type PasswordQueue = {
  hash(password: string, context: CallContext): Promise<string>;
  /** `stored` undefined: as if it were another's, in the same time. */
  matches(stored: string | undefined, password: string, context: CallContext): Promise<boolean>;
};

/**
 * Works on `atOnce` passwords while at most `waiting` more wait for their turn; further ones are refused. Those whose
 * caller has gone by then are dropped unworked.
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
