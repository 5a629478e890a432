import type { PlatformConfig } from "../config.ts";
import type { CacheInvalidation } from "../events/cache-invalidation.ts";
import type { Subscription } from "../events/subscriptions.ts";
import type { Callee } from "../rpc/access.ts";
import type { Implementation } from "../rpc/app-server.ts";
import type { Sidecar } from "../rpc/sidecar.ts";
import type { Verifier } from "../rpc/tokens.ts";
import type { ServiceDeclaration } from "../service.ts";
import type { Logger } from "../telemetry/log.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { WithDatabase } from "./database-side.ts";

/** What the platform passes to every service. */
type Given<Service, Config> = {
  config: Config;
  log: Logger;
  sidecar: Sidecar;
  verifier: Verifier;
  telemetry: Pick<Telemetry, "prometheus">;
  /** All keys of one of its secrets. */
  secret(name: SecretOf<Service>): Promise<Record<string, string>>;
  /** Why the service is not ready, one sentence each. */
  problems(): readonly string[];
};

type SecretOf<Service> = Service extends { readonly secrets: readonly (infer Name)[] } ? Name : never;

/** What the platform passes to a service, depending on its declaration: `Platform<typeof orders>`. */
export type Platform<Service extends ServiceDeclaration, Config = PlatformConfig> = Given<Service, Config> &
  (Service extends { readonly database: true } ? WithDatabase : unknown);

/** The part of a service that serves HTTP to users. */
type HttpSide = {
  listen(): Promise<void>;
  /** Whether it can serve requests. Called for each probe. */
  isReady(): Promise<boolean>;
  /**
   * Becomes not ready, and after the drain delay accepts no new requests. Those in progress are aborted when they take
   * longer than `limitMs` more.
   */
  drain(limitMs: number): Promise<void>;
};

/** What a service returns to the platform. */
export type Wiring<Service extends ServiceDeclaration = ServiceDeclaration> = {
  rpc?: Implementation[];
  subscriptions?: Subscription[];
  /** Verifies operators' calls in place of the platform's verifier: accounts owns the keys and calls nobody. */
  verifier?: Verifier;
  /** Methods that it calls in addition to its declaration: for the gateway, all public ones. */
  calls?: readonly Callee[];
  /** Stops what the service itself started, such as sweeps. */
  stop?(): Promise<void> | void;
} & (Service extends { readonly cached: true }
  ? {
      /** Which of its events invalidate caches. */
      cacheInvalidation: CacheInvalidation;
    }
  : { cacheInvalidation?: CacheInvalidation }) &
  (Service extends { readonly http: true } ? { http: HttpSide } : { http?: HttpSide });
