import { Kind, parse } from "graphql";
import type { IResolvers, MercuriusLoaders } from "mercurius";
import type { FieldCosts } from "../graphql/query-limits.ts";
import { baseSchema } from "../graphql/read-schema.ts";
import type { ServiceName } from "../services.ts";
import { accounts } from "./accounts/domain.ts";
import { catalog } from "./catalog/domain.ts";
import type { Invalidate } from "./changes.ts";
import type { ConnectedDomain, Domain, DomainDeps } from "./domain.ts";
import { operationsAdmin } from "./operations-admin/domain.ts";
import { orders } from "./orders/domain.ts";

/** To add a domain, add its folder and one entry here. */
export const domains: readonly Domain[] = [accounts, catalog, orders, operationsAdmin];

/** The whole schema. */
export const typeDefs = [baseSchema, ...domains.map((domain) => domain.typeDefs)].join("\n");

/** The fields of Query and Mutation. */
export const operations: readonly string[] = parse(typeDefs).definitions.flatMap((one) => {
  const isObject = one.kind === Kind.OBJECT_TYPE_DEFINITION || one.kind === Kind.OBJECT_TYPE_EXTENSION;
  const isRoot = isObject && ["Query", "Mutation"].includes(one.name.value);
  return isRoot ? (one.fields ?? []).map(({ name }) => name.value) : [];
});

export const fieldCosts: FieldCosts = {
  listSizes: Object.assign({}, ...domains.map(({ costs }) => costs?.listSizes)),
  weights: Object.assign({}, ...domains.map(({ costs }) => costs?.weights)),
  calling: domains.flatMap(({ costs }) => costs?.calling ?? []),
  longest: Object.assign({}, ...domains.map(({ costs }) => costs?.longest)),
  work: Object.assign({}, ...domains.map(({ costs }) => costs?.work)),
};

export type ConnectedDomains = { resolvers: IResolvers; loaders: MercuriusLoaders; invalidate: Invalidate };

/** Connects all domains to the services. */
export function connectDomains(deps: Omit<DomainDeps, "invalidate">): ConnectedDomains {
  const followers = new Map<ServiceName, ConnectedDomain>();
  const invalidate: Invalidate = (service, change) => followers.get(service)?.apply?.(change);
  const connected = domains.map((domain) => {
    const connectedDomain = domain.connect({ ...deps, invalidate });
    if (domain.follows) followers.set(domain.follows.service, connectedDomain);
    return connectedDomain;
  });
  return {
    resolvers: mergeByType(connected.map(({ resolvers }) => resolvers)) as IResolvers,
    loaders: mergeByType(connected.map(({ loaders = {} }) => loaders)) as MercuriusLoaders,
    invalidate,
  };
}

/** Several domains may resolve fields of one type. */
function mergeByType(parts: readonly object[]): Record<string, object> {
  const merged: Record<string, object> = {};
  for (const part of parts) {
    for (const [type, fields] of Object.entries(part)) merged[type] = { ...merged[type], ...fields };
  }
  return merged;
}
