import type { Socket } from "node:net";
import { AppError, commonErrors } from "@sidecart/platform/rpc";
import type { FastifyReply, FastifyRequest } from "fastify";
import { retryAfterSeconds } from "./overload.ts";
import { subscriber } from "./rate-limits.ts";

/** Shorter responses are always sent, and not counted. */
const uncountedLength = 16 * 1024;
/** Most characters of responses that clients have not read yet, in all and to one address. */
const mostPending = 32 * 1024 * 1024;
const mostPendingToOne = 8 * 1024 * 1024;

export type PendingResponses = {
  /** Counts a response until it is sent. Throws OVERLOADED for a large one while too many wait. */
  admit(request: FastifyRequest, reply: FastifyReply, text: string): void;
};

/**
 * Bounds the responses that wait for their clients to read them. A client that asks without reading, on many
 * connections or many times on one, would otherwise fill the memory.
 */
export function createPendingResponses(): PendingResponses {
  const pendingTo = new Map<string, number>();
  let pending = 0;
  const count = (address: string, length: number) => {
    const left = (pendingTo.get(address) ?? 0) + length;
    pending += length;
    if (left > 0) pendingTo.set(address, left);
    else pendingTo.delete(address);
  };
  const track = trackSockets(count);
  return {
    admit(request, reply, { length }) {
      if (length < uncountedLength || request.raw.socket.destroyed) return;
      const address = subscriber(request.ip);
      if (pending + length > mostPending || (pendingTo.get(address) ?? 0) + length > mostPendingToOne) {
        reply.header("retry-after", retryAfterSeconds);
        throw new AppError(commonErrors.overloaded);
      }
      const release = track(request.raw.socket, address, length);
      reply.raw.once("close", release);
    },
  };
}

/**
 * Counts a response until it is released or its connection ends: a response that waits behind another one on its
 * connection has no event of its own when the connection ends.
 */
function trackSockets(count: (address: string, length: number) => void) {
  const pendingOn = new WeakMap<Socket, number>();
  return (socket: Socket, address: string, length: number) => {
    if (!pendingOn.has(socket)) {
      socket.once("close", () => {
        count(address, -(pendingOn.get(socket) ?? 0));
        pendingOn.set(socket, 0);
      });
    }
    pendingOn.set(socket, (pendingOn.get(socket) ?? 0) + length);
    count(address, length);
    return () => {
      const left = (pendingOn.get(socket) ?? 0) - length;
      if (left < 0) return;
      pendingOn.set(socket, left);
      count(address, -length);
    };
  };
}
