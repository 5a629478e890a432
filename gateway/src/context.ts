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

/**
 * The deadline, the caller's going away, and the token as it came: each service verifies that itself. A class, since
 * V8 keeps an object that has a getter of its own, and with it the whole request, until its next full collection: every
 * collection of young objects took 10 ms for that.
 */
export class RequestCall implements CallContext {
  readonly deadline: number;
  readonly authorization: string | undefined;
  readonly #reply: FastifyReply;
  #abort: AbortController | undefined;

  constructor(request: FastifyRequest, reply: FastifyReply, timeoutMs: number) {
    this.deadline = Date.now() + timeoutMs;
    this.authorization = printable(request);
    this.#reply = reply;
  }

  /** Made for who asks for it: what is answered from memory has nothing to break off. */
  get signal(): AbortSignal {
    this.#abort ??= abortWhenGone(this.#reply);
    return this.#abort.signal;
  }
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
