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
  /** Counts a response until it is sent, and then calls `onSent`. Throws OVERLOADED for a large one while too many wait. */
  admit(request: FastifyRequest, reply: FastifyReply, text: string, onSent?: () => void): void;
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
  const whenSent = watchSockets();
  return {
    admit(request, reply, { length }, onSent = () => {}) {
      if (length < uncountedLength || request.raw.socket.destroyed) return onSent();
      const address = subscriber(request.ip);
      if (pending + length > mostPending || (pendingTo.get(address) ?? 0) + length > mostPendingToOne) {
        throw new AppError(commonErrors.overloaded, { details: { retryAfterSeconds } });
      }
      count(address, length);
      whenSent(request.raw.socket, reply, () => {
        count(address, -length);
        onSent();
      });
    },
  };
}

/**
 * Calls a function once when a response is sent or its connection ends: a response that waits behind another one on
 * its connection has no event of its own when the connection ends.
 */
function watchSockets() {
  const unsent = new WeakMap<Socket, Set<() => void>>();
  const watched = (socket: Socket): Set<() => void> => {
    const known = unsent.get(socket);
    if (known) return known;
    const ends = new Set<() => void>();
    unsent.set(socket, ends);
    socket.once("close", () => {
      for (const end of ends) end();
    });
    return ends;
  };
  return (socket: Socket, reply: FastifyReply, then: () => void) => {
    const ends = watched(socket);
    const end = () => {
      if (ends.delete(end)) then();
    };
    ends.add(end);
    reply.raw.once("close", end);
  };
}
