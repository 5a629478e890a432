import type { CallContext } from "@sidecart/platform/rpc";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ResponseDependencies } from "../cache/response-dependencies.ts";
import type { GatewayCall } from "../calls/gateway-call.ts";
import { authorizationOf } from "./authorization.ts";
import { bodyLimit } from "./bodies.ts";
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
  #signal: AbortSignal | undefined;

  constructor(request: FastifyRequest, reply: FastifyReply, { timeoutMs, countLogin }: RequestCallOptions) {
    this.dependencies = request.responseDependencies ?? undefined;
    this.#deadline = Date.now() + timeoutMs;
    this.#request = request;
    this.#reply = reply;
    this.#countLogin = countLogin;
  }

  authorization(): string | undefined {
    this.dependencies?.markUncacheable();
    return authorizationOf(this.#request);
  }

  forService(): CallContext {
    const authorization = this.authorization();
    this.#context ??= { deadline: this.#deadline, authorization, signal: this.signal() };
    return this.#context;
  }

  /** Aborts when the client disconnects. It listens to the connection, so it is created once, and only when needed. */
  signal(): AbortSignal {
    this.#signal ??= signalOf(this.#reply);
    return this.#signal;
  }

  /** The length of its body, at most. */
  bodyBytes(): number {
    const { "content-length": length = 0, "transfer-encoding": encoding } = this.#request.headers;
    return encoding ? bodyLimit : Number(length);
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
