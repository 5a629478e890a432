import type { FastifyInstance, FastifyRequest } from "fastify";
import { budgetOf } from "../cache/memory-budget.ts";
import { createResponseCache } from "../cache/response-cache.ts";
import { ResponseDependencies } from "../cache/response-dependencies.ts";
import { graphqlRequestIn } from "./graphql-request.ts";

const heapShare = 0.05;
/** Longer requests are rarely repeated, so they are not cached. */
const maxKeyLength = 4_096;

/** Responds to a repeated request with the cached text while all dependencies of the text are current. */
export function cacheResponses(app: FastifyInstance, path: string, maxAgeMs: number): void {
  const responses = createResponseCache(budgetOf(heapShare), maxAgeMs);
  app.decorateRequest("responseDependencies", null);
  app.addHook("preHandler", (request, reply, done) => {
    const key = request.routeOptions.url === path ? cacheKeyOf(request) : undefined;
    if (key === undefined) return done();
    const text = responses.get(key);
    if (text !== undefined) {
      reply.type("application/json; charset=utf-8").send(text);
      return;
    }
    request.responseDependencies = new ResponseDependencies(key);
    done();
  });
  app.addHook("onSend", ({ responseDependencies }, { statusCode }, text, done) => {
    const cacheable = responseDependencies?.isCacheable && statusCode === 200 && typeof text === "string";
    if (cacheable) responses.set(responseDependencies, text);
    done(null, text);
  });
}

/**
 * The whole request as text. Undefined for a request whose response is not cached: an invalid or a long one, a
 * mutation, and a query with its hash, which must reach Mercurius so that it stores the query.
 */
function cacheKeyOf(request: FastifyRequest): string | undefined {
  const graphqlRequest = graphqlRequestIn(request);
  const { query, extensions } = graphqlRequest;
  if (request.validationError || (query && extensions)) return undefined;
  if (typeof query === "string" && (query.length > maxKeyLength || /^\s*mutation/.test(query))) return undefined;
  const key = `${request.method} ${JSON.stringify(graphqlRequest)}`;
  return key.length > maxKeyLength ? undefined : key;
}
