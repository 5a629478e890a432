import type { CallContext } from "@sidecart/platform/call";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Services } from "./services.ts";

/** What resolvers work with. */
export type GatewayContext = {
  services: Services;
  call: CallContext;
  /** Counts a try to log in or register from this address; throws RATE_LIMITED when there were too many. */
  countLogin(): Promise<void>;
};

/** The deadline, the caller's going away, and the token as it came: each service verifies that itself. */
export function callContext(request: FastifyRequest, reply: FastifyReply, timeoutMs: number): CallContext {
  const abort = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) abort.abort();
  });
  return { deadline: Date.now() + timeoutMs, signal: abort.signal, authorization: printable(request) };
}

/** gRPC carries printable ASCII only, and every token is that. */
function printable({ headers: { authorization = "" } }: FastifyRequest): string | undefined {
  return /^[\x20-\x7e]+$/.test(authorization) ? authorization : undefined;
}
