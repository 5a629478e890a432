import { setTimeout as pause } from "node:timers/promises";
import { type ServiceError, status } from "@grpc/grpc-js";
import type { CallContext } from "./call.ts";
import { AppError, commonErrors } from "./errors.ts";

/**
 * How long to retry a service that nobody can reach, for example one that restarts. A sidecar may keep a dead address
 * for up to 5 s: each retry picks one of the addresses that it knows, and a service with one replica gets the same one
 * again.
 */
const patienceMs = 4_000;
const firstPauseMs = 50;
const longestPauseMs = 300;

/**
 * Messages of grpc-js, grpc-go and name resolution (components-contrib, nameresolution/sqlite and kubernetes) for a
 * call that was never sent: no connection was made, or no address was found.
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
 * Retries a call that reached nobody. A call that may have arrived is retried only when it is `repeatable`, because
 * otherwise its effect could happen twice. The sidecar must not retry: it cannot distinguish the two, and its proxy may
 * lose the request between two attempts and then hang (dapr 1.18, pkg/api/grpc/proxy/handler.go).
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

export function reachedNobody(error: unknown): boolean {
  const { code, details } = error as Partial<ServiceError>;
  return (code === status.UNAVAILABLE || code === status.UNKNOWN) && neverLeft.test(details ?? "");
}

/** The callee disappeared before it responded. Our services never return UNAVAILABLE themselves (errors.ts). */
function brokeOff(error: unknown, { signal }: CallContext): boolean {
  const { code } = error as Partial<ServiceError>;
  return code === status.UNAVAILABLE || (code === status.CANCELLED && !signal.aborted);
}
