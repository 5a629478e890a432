import type { FastifyReply, FastifyRequest } from "fastify";
import type { Cache } from "./cache/cache.ts";
import type { Made } from "./cache/made.ts";
import type { Asking } from "./reads.ts";
import type { Services } from "./services.ts";
import type { Together } from "./together.ts";

/** What resolvers work with. */
export type GatewayContext = {
  services: Services;
  together: Together;
  /** Of what most requests ask for; from memory where it may be. */
  reads: Cache;
  call: Asking;
  /** Counts a try to log in or register from this address; throws RATE_LIMITED when there were too many. */
  countLogin(): Promise<void>;
};

/**
 * The deadline, the caller's going away, and the token as it came: each service verifies that itself. No service is asked
 * without them, and nothing is anybody's own: who looks at one makes the answer of more than what is in memory for all.
 * A class, since V8 keeps an object that has a getter of its own, and with it the whole request, until its next full
 * collection: every collection of young objects took 10 ms for that.
 */
export class RequestCall implements Asking {
  readonly made: Made | undefined;
  readonly #deadline: number;
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  #abort: AbortController | undefined;

  constructor(request: FastifyRequest, reply: FastifyReply, timeoutMs: number) {
    this.made = request.made ?? undefined;
    this.#deadline = Date.now() + timeoutMs;
    this.#request = request;
    this.#reply = reply;
  }

  get deadline(): number {
    this.made?.fromElsewhere();
    return this.#deadline;
  }

  get authorization(): string | undefined {
    this.made?.fromElsewhere();
    return printable(this.#request);
  }

  /** Made for who asks for it: what is answered from memory has nothing to break off. */
  get signal(): AbortSignal {
    this.made?.fromElsewhere();
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
