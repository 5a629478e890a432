import type { CallContext } from "@sidecart/platform/rpc";
import type { ResponseDependencies } from "../cache/response-dependencies.ts";

/** What an operation knows of the request that it runs for, whether that came by GraphQL or otherwise. */
export type GatewayCall = {
  /** Cached reads record what the response depends on; absent when the response is not to be cached. */
  readonly dependencies?: ResponseDependencies | undefined;
  /** The token as it came, which only a service may trust. Marks the response uncacheable. */
  authorization(): string | undefined;
  /** Deadline, token and abort signal for a call to a service. Marks the response uncacheable. */
  forService(): CallContext;
  /** Counts an attempt to log in or register from this address; throws RATE_LIMITED when there were too many. */
  countLogin(): Promise<void>;
};
