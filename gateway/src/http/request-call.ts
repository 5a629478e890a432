import type { CallContext } from "@sidecart/platform/rpc";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ResponseDependencies } from "../cache/response-dependencies.ts";
import type { GatewayCall } from "../calls/gateway-call.ts";
import { type CountLogin, subscriber } from "./rate-limits.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The dependencies of its response; null when the response must not be cached. */
    responseDependencies: ResponseDependencies | null;
  }
}

export type RequestCallOptions = { timeoutMs: number; countLogin: CountLogin };

/** The call of one HTTP request: its deadline, its token, and a signal that aborts when the client disconnects. */
export class RequestCall implements GatewayCall {
  readonly dependencies: ResponseDependencies | undefined;
  readonly #deadline: number;
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #countLogin: CountLogin;
  #context: CallContext | undefined;

  constructor(request: FastifyRequest, reply: FastifyReply, { timeoutMs, countLogin }: RequestCallOptions) {
    this.dependencies = request.responseDependencies ?? undefined;
    this.#deadline = Date.now() + timeoutMs;
    this.#request = request;
    this.#reply = reply;
    this.#countLogin = countLogin;
  }

  authorization(): string | undefined {
    this.dependencies?.markUncacheable();
    return printable(this.#request);
  }

  /** The signal listens to the connection, so it is created once, and only for a request that calls a service. */
  forService(): CallContext {
    const authorization = this.authorization();
    this.#context ??= { deadline: this.#deadline, authorization, signal: signalOf(this.#reply) };
    return this.#context;
  }

  address(): string {
    return subscriber(this.#request.ip);
  }

  countLogin(): Promise<void> {
    return this.#countLogin(this.#request);
  }
}

/** Aborts when the client disconnects before it has the whole response. */
function signalOf({ raw }: FastifyReply): AbortSignal {
  const abort = new AbortController();
  if (raw.closed) abort.abort();
  raw.once("close", () => {
    if (!raw.writableFinished) abort.abort();
  });
  return abort.signal;
}

/**
 * The token in the form that services and caches expect: the scheme is case-insensitive and any number of spaces may
 * follow it (RFC 9110). gRPC metadata carries only printable ASCII. Every valid token consists of it.
 */
function printable({ headers: { authorization = "" } }: FastifyRequest): string | undefined {
  if (!/^[\x20-\x7e]+$/.test(authorization)) return undefined;
  return authorization.replace(/^bearer +/i, "Bearer ");
}
