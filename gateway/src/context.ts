import type { CallContext } from "@sidecart/platform/call";
import type { FastifyRequest } from "fastify";
import type { Services } from "./services.ts";

/** What resolvers work with. */
export type GatewayContext = { services: Services; call: CallContext };

/** The deadline, the caller's going away, and the token as it came: each service verifies that itself. */
export function callContext(request: FastifyRequest, timeoutMs: number): CallContext {
  const abort = new AbortController();
  request.raw.socket.once("close", () => abort.abort());
  return { deadline: Date.now() + timeoutMs, signal: abort.signal, authorization: request.headers.authorization };
}
