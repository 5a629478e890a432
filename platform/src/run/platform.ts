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

/** What every service is given to wire itself with. */
type Given<Service, Config> = {
  config: Config;
  log: Logger;
  sidecar: Sidecar;
  verifier: Verifier;
  telemetry: Pick<Telemetry, "prometheus">;
  /** All keys of one of its secrets. */
  secret(name: SecretOf<Service>): Promise<Record<string, string>>;
  /** What keeps it from being ready, a sentence each. */
  problems(): readonly string[];
};

type SecretOf<Service> = Service extends { readonly secrets: readonly (infer Name)[] } ? Name : never;

/** What a service is given, by its declaration: `Platform<typeof orders>`. */
export type Platform<Service extends ServiceDeclaration, Config = PlatformConfig> = Given<Service, Config> &
  (Service extends { readonly database: true } ? WithDatabase : unknown);

/** The part of a service that listens for people. */
type HttpSide = {
  listen(): Promise<void>;
  /** Whether requests may come, as far as it knows; asked at each probe. */
  isReady(): Promise<boolean>;
  /** Takes the process out of service: nothing new comes in, what is in hand is finished. */
  drain(): Promise<void>;
};

/** What a service is once it is wired. */
export type Wiring<Service extends ServiceDeclaration = ServiceDeclaration> = {
  rpc?: Implementation[];
  subscriptions?: Subscription[];
  /** For operators' calls, instead of the platform's: accounts, which has the keys, asks nobody. */
  verifier?: Verifier;
  /** What it calls beside what its declaration says: the gateway, all that is public. */
  calls?: readonly Callee[];
  /** Ends what the service itself started, such as sweeps. */
  stop?(): Promise<void> | void;
} & (Service extends { readonly cached: true }
  ? {
      /** What of its events caches are told of. */
      cacheInvalidation: CacheInvalidation;
    }
  : { cacheInvalidation?: CacheInvalidation }) &
  (Service extends { readonly http: true } ? { http: HttpSide } : { http?: HttpSide });
