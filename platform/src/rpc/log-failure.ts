import type { Logger } from "../telemetry/log.ts";
import { isRefusedByCircuit } from "./circuit.ts";
import { type AppError, type Failure, toAppError, toFailure } from "./errors.ts";

/**
 * The caller's mistakes are logged at level debug; our failures at level error, with all causes. A call that an open
 * circuit refused is logged at level debug, because the circuit has logged the outage.
 */
export function logFailure(log: Logger, path: string, error: unknown): void {
  const known = toAppError(error);
  if (isOurFailure(known)) log.error({ err: error, method: path, code: known.code }, "call failed");
  else log.debug({ method: path, code: known.code, reason: known.message }, "call refused");
}

/** True for a failure of ours that belongs in the log. */
export const isOurFailure = (error: AppError): boolean =>
  (error.status === "INTERNAL" || error.status === "UNAVAILABLE") && !isRefusedByCircuit(error);

/** Logs the failure of one item of a call as if it were a call of its own. */
export function loggedFailure(log: Logger, path: string, error: unknown): Failure {
  logFailure(log, path, error);
  return toFailure(error);
}
