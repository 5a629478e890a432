import type { FastifyInstance, FastifyRequest } from "fastify";
import { budgetOf } from "../cache/memory-budget.ts";
import { createResponseCache } from "../cache/response-cache.ts";
import { ResponseDependencies } from "../cache/response-dependencies.ts";
import type { GraphqlRequest } from "./graphql-request.ts";

const heapShare = 0.05;
/** Longer requests are rarely repeated, so they are not cached. */
const maxKeyLength = 4_096;

export type CachedResponses = {
  /** The cached text for a repeated request, while all dependencies of the text are current. */
  find(request: FastifyRequest, graphqlRequest: GraphqlRequest): string | undefined;
  /** Caches the response to the request that `find` did not find, if its dependencies allow it. `find` calls `onHit`. */
  keep(request: FastifyRequest, text: string, onHit: () => void): void;
};

export function cacheResponses(app: FastifyInstance, maxAgeMs: number): CachedResponses {
  const responses = createResponseCache(budgetOf(heapShare), maxAgeMs);
  app.decorateRequest("responseDependencies", null);
  return {
    find(request, graphqlRequest) {
      const key = cacheKeyOf(graphqlRequest);
      if (key === undefined) return undefined;
      const text = responses.get(key);
      if (text === undefined) request.responseDependencies = new ResponseDependencies(key);
      return text;
    },
    keep({ responseDependencies }, text, onHit) {
      if (responseDependencies?.isCacheable) responses.set(responseDependencies, text, onHit);
    },
  };
}

/**
 * The whole request as text. Undefined for a request whose response is not cached: a long one, a mutation, and a query
 * with its hash, which must be executed so that the query is stored.
 */
function cacheKeyOf({ query, variables, operationName, extensions }: GraphqlRequest): string | undefined {
  if (query && extensions) return undefined;
  if (query && (query.length > maxKeyLength || /^\s*mutation/.test(query))) return undefined;
  const key = JSON.stringify([query, variables, operationName, extensions]);
  return key.length > maxKeyLength ? undefined : key;
}
