import { boundedWork, type CallContext, commonErrors } from "@sidecart/platform/rpc";
import { hashPassword, passwordMatches } from "./password.ts";

/** Limits how many passwords are hashed at once: each takes a core and 19 MiB for tens of milliseconds. */
export type PasswordQueue = {
  hash(password: string, context: CallContext): Promise<string>;
  /** With `stored` undefined the result is false, after the same time. */
  matches(stored: string | undefined, password: string, context: CallContext): Promise<boolean>;
};

/** Processes up to `atOnce` passwords while up to `waiting` more wait, and refuses the rest with TOO_BUSY. */
export function createPasswordQueue(atOnce: number, waiting: number): PasswordQueue {
  const inTurn = boundedWork(atOnce, waiting, commonErrors.tooBusy);
  return {
    hash: (password, context) => inTurn(context, () => hashPassword(password)),
    matches: (stored, password, context) => inTurn(context, () => passwordMatches(stored, password)),
  };
}
