import type { ChangesMessage } from "@sidecart/platform/events";
import type { Verifier } from "@sidecart/platform/rpc";
import type { MercuriusLoaders } from "mercurius";
import type { FieldCosts } from "../graphql/query-limits.ts";
import type { ServiceName, Services } from "../services.ts";
import type { Invalidate, ServiceChange } from "./changes.ts";
import type { Resolvers } from "./schema-types.ts";

export type DomainDeps = {
  services: Services;
  verifier: Verifier;
  invalidate: Invalidate;
  /** How long a cached value may be read; 0: nothing is cached. */
  maxAgeMs: number;
  /** Of a fetch for the cache, which serves several callers. */
  timeoutMs: number;
};

/** What a domain serves, once it is connected to the services. */
export type ConnectedDomain = {
  resolvers: Resolvers;
  /** Fields that many objects of a response load in one call. */
  loaders?: MercuriusLoaders;
  /** Only for a domain that follows a service's changes. */
  apply?(change: ServiceChange): void;
};

/** Everything that one domain contributes to the gateway. */
export type Domain = {
  /** Its part of the schema. It may extend other domains' types with fields that it resolves. */
  typeDefs: string;
  costs?: Partial<FieldCosts>;
  /** Whose data it caches, and the message by which every replica hears of changes. */
  follows?: { service: ServiceName; message: ChangesMessage };
  connect(deps: DomainDeps): ConnectedDomain;
};
