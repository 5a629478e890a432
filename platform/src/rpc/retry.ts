import { setTimeout as pause } from "node:timers/promises";
import { type ServiceError, status } from "@grpc/grpc-js";
import type { CallContext } from "./call.ts";
import { AppError, commonErrors } from "./errors.ts";

/**
 * How long a caller puts up with a service that nobody reaches, such as one that is being started again. A sidecar goes on
 * for up to 5 s with an address that is none any more: each try takes any of those it knows, and who is the only one comes
 * back at the same.
 */
const patienceMs = 4_000;
const firstPauseMs = 50;
const longestPauseMs = 300;

/**
 * Words of grpc-js, grpc-go and name resolution (components-contrib, nameresolution/sqlite and kubernetes) for a call
 * that never left: the connection was not made, or nobody knew where to.
 */
const neverLeft = new RegExp(
  [
    "No connection established",
    "Error while dialing",
    "error reading server preface",
    "authentication handshake failed",
    "no host found with the given ID",
    "failed to look up address",
    "failed to resolve address",
  ].join("|"),
);

/**
 * Repeats a call that reached nobody. One that may have arrived is repeated only when it is `repeatable`: a command
 * without a key would be done twice. Not left to the sidecar, which cannot tell the two apart and whose proxy may lose
 * the request between two tries and then hang (dapr 1.18, pkg/api/grpc/proxy/handler.go).
 */
export async function untilReached<T>(context: CallContext, repeatable: boolean, call: () => Promise<T>): Promise<T> {
  const end = Math.min(Date.now() + patienceMs, context.deadline);
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await call();
    } catch (error) {
      if (!reachedNobody(error) && !(repeatable && brokeOff(error, context))) throw error;
      if (Date.now() + pauseMs >= end || context.signal.aborted) {
        throw new AppError(commonErrors.unavailable, { cause: error });
      }
    }
    await pause(pauseMs);
  }
}

function reachedNobody(error: unknown): boolean {
  const { code, details } = error as Partial<ServiceError>;
  return (code === status.UNAVAILABLE || code === status.UNKNOWN) && neverLeft.test(details ?? "");
}

/** The other side went before it had answered. What it answers itself is never UNAVAILABLE (errors.ts). */
function brokeOff(error: unknown, { signal }: CallContext): boolean {
  const { code } = error as Partial<ServiceError>;
  return code === status.UNAVAILABLE || (code === status.CANCELLED && !signal.aborted);
}
