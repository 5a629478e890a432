import type { CallContext } from "@sidecart/platform/call";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Cache } from "./cache/cache.ts";
import type { Services } from "./services.ts";
import type { Together } from "./together.ts";

/** What resolvers work with. */
export type GatewayContext = {
  services: Services;
  together: Together;
  /** Of what most requests ask for; from memory where it may be. */
  reads: Cache;
  call: CallContext;
  /** Counts a try to log in or register from this address; throws RATE_LIMITED when there were too many. */
  countLogin(): Promise<void>;
};

/** The deadline, the caller's going away, and the token as it came: each service verifies that itself. */
export function callContext(request: FastifyRequest, reply: FastifyReply, timeoutMs: number): CallContext {
  let abort: AbortController | undefined;
  return {
    deadline: Date.now() + timeoutMs,
    authorization: printable(request),
    /** Made for who asks for it: what is answered from memory has nothing to break off. */
    get signal() {
      abort ??= abortWhenGone(reply);
      return abort.signal;
    },
  };
}

function abortWhenGone({ raw }: FastifyReply): AbortController {
  const abort = new AbortController();
  if (raw.closed) abort.abort();
  raw.once("close", () => {
    if (!raw.writableFinished) abort.abort();
  });
  return abort;
}

/** gRPC carries printable ASCII only, and every token is that. */
function printable({ headers: { authorization = "" } }: FastifyRequest): string | undefined {
  return /^[\x20-\x7e]+$/.test(authorization) ? authorization : undefined;
}
