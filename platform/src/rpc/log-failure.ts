import type { Logger } from "../telemetry/log.ts";
import { type Failure, toAppError, toFailure } from "./errors.ts";

/** The caller's mistakes are logged at level debug; our failures at level error, with all causes. */
export function logFailure(log: Logger, path: string, error: unknown): void {
  const known = toAppError(error);
  const ours = known.status === "INTERNAL" || known.status === "UNAVAILABLE";
  if (ours) log.error({ err: error, method: path, code: known.code }, "call failed");
  else log.debug({ method: path, code: known.code, reason: known.message }, "call refused");
}

/** Logs the failure of one item of a call as if it were a call of its own. */
export function loggedFailure(log: Logger, path: string, error: unknown): Failure {
  logFailure(log, path, error);
  return toFailure(error);
}
