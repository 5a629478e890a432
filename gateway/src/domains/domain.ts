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
  /** How long a value stays in the cache; 0 turns the cache off. */
  maxAgeMs: number;
  /** Timeout of a fetch for the cache, which serves several callers. */
  timeoutMs: number;
};

/** A domain that is connected to the services. */
export type ConnectedDomain = {
  resolvers: Resolvers;
  /** Fields that are loaded for many objects of a response in one call. */
  loaders?: MercuriusLoaders;
  /** Applies a change to the domain's cache. Only for a domain with `follows`. */
  apply?(change: ServiceChange): void;
};

/** What one domain contributes to the gateway. */
export type Domain = {
  /** The domain's part of the schema. It may extend other domains' types with fields that it resolves. */
  typeDefs: string;
  costs?: Partial<FieldCosts>;
  /** The service whose data the domain caches, and the message that announces changes to every replica. */
  follows?: { service: ServiceName; message: ChangesMessage };
  connect(deps: DomainDeps): ConnectedDomain;
};
