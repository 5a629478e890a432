import type { CallContext } from "@sidecart/platform/rpc";
import type { ResponseDependencies } from "../cache/response-dependencies.ts";

/** What an operation knows about its request, be it GraphQL or REST. */
export type GatewayCall = {
  /** Cached reads record the response's dependencies here; absent when the response must not be cached. */
  readonly dependencies?: ResponseDependencies | undefined;
  /** The `authorization` header, not verified. Marks the response uncacheable. */
  authorization(): string | undefined;
  /** Deadline, token and abort signal for a call to a service. Marks the response uncacheable. */
  forService(): CallContext;
  /** The client's address, or its /64 network (IPv6). */
  address(): string;
  /** Counts an attempt to log in or register from this address; throws RATE_LIMITED after too many. */
  countLogin(): Promise<void>;
};
