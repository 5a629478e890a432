import { AppError, commonErrors } from "@sidecart/platform/rpc";
import type { FastifyInstance } from "fastify";
import { retryAfterSeconds } from "./overload.ts";
import { subscriber } from "./rate-limits.ts";

/** Shorter responses are always sent, and not counted. */
const uncountedLength = 16 * 1024;
/** Most characters of responses that clients have not read yet, in all and to one address. */
const mostPending = 32 * 1024 * 1024;
const mostPendingToOne = 8 * 1024 * 1024;

/**
 * Refuses large responses with OVERLOADED while too many wait for their clients to read them. A client that asks
 * without reading, on many connections or many times on one, would otherwise fill the memory.
 */
export function boundPendingResponses(app: FastifyInstance): void {
  const pendingTo = new Map<string, number>();
  let pending = 0;
  const count = (address: string, length: number) => {
    const left = (pendingTo.get(address) ?? 0) + length;
    pending += length;
    if (left > 0) pendingTo.set(address, left);
    else pendingTo.delete(address);
  };
  app.addHook("onSend", (request, reply, payload, done) => {
    if (typeof payload !== "string" || payload.length < uncountedLength) return done(null, payload);
    const { length } = payload;
    const address = subscriber(request.ip);
    if (pending + length > mostPending || (pendingTo.get(address) ?? 0) + length > mostPendingToOne) {
      reply.header("retry-after", retryAfterSeconds);
      return done(new AppError(commonErrors.overloaded));
    }
    count(address, length);
    reply.raw.once("close", () => count(address, -length));
    done(null, payload);
  });
}
