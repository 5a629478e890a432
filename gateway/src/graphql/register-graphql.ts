import type { Logger } from "@sidecart/platform/telemetry";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import mercurius, { type IResolvers, type MercuriusContext, type MercuriusLoaders } from "mercurius";
import { answerConditionally } from "../http/conditional-requests.ts";
import { RequestCall, type RequestCallOptions } from "../http/request-call.ts";
import { cacheResponses } from "./cacheable-responses.ts";
import type { GraphqlContext } from "./context.ts";
import { formatErrors } from "./format-errors.ts";
import { refuseEmptyRequests } from "./graphql-request.ts";
import {
  cachedQueries,
  cachedTexts,
  checkSize,
  createCostLimit,
  type FieldCosts,
  maxDepth,
  maxErrors,
  maxTokens,
} from "./query-limits.ts";
import { minorUnitsScalar, textMapScalar } from "./scalars.ts";
import { prepareVariables, requireQueryText } from "./variables.ts";

const path = "/graphql";

export type GraphqlOptions = RequestCallOptions & {
  typeDefs: string;
  resolvers: IResolvers;
  loaders: MercuriusLoaders;
  fieldCosts: FieldCosts;
  /** How long the text of a response stays in the cache; 0 turns the cache off. */
  maxAgeMs: number;
  log: Logger;
};

/** Mounts /graphql. */
export async function registerGraphql(app: FastifyInstance, options: GraphqlOptions): Promise<void> {
  const { typeDefs, resolvers, loaders, fieldCosts, maxAgeMs, log } = options;
  refuseEmptyRequests(app, path);
  if (maxAgeMs > 0) cacheResponses(app, path, maxAgeMs);
  answerConditionally(app, path);
  await app.register(mercurius, {
    path,
    schema: typeDefs,
    resolvers: { MinorUnits: minorUnitsScalar, TextMap: textMapScalar, ...resolvers } as IResolvers,
    loaders,
    jit: 2,
    queryDepth: maxDepth,
    cache: cachedQueries,
    graphql: { parseOptions: { maxTokens }, validateOptions: { maxErrors } },
    // Mercurius refuses mutations by GET but would run them by HEAD.
    additionalRouteOptions: { exposeHeadRoute: false },
    // Clients may send a query once and later only its hash. The least recently used queries are evicted.
    persistedQueryProvider: mercurius.persistedQueryDefaults.automatic(cachedTexts),
    graphiql: false,
    allowBatchedQueries: false,
    context: (request: FastifyRequest, reply: FastifyReply): GraphqlContext => ({
      call: new RequestCall(request, reply, options),
    }),
    errorFormatter(execution, context) {
      (context as unknown as GraphqlContext).call.dependencies?.markUncacheable();
      const { retryAfter, ...formatted } = formatErrors(execution, log);
      if (retryAfter !== undefined) (context as unknown as MercuriusContext).reply.header("retry-after", retryAfter);
      return formatted as never;
    },
  });
  checkQueries(app, fieldCosts);
}

/** Checks size, syntax, cost and variables, each as soon as it is known. */
function checkQueries(app: FastifyInstance, fieldCosts: FieldCosts): void {
  const costLimit = createCostLimit(fieldCosts);
  app.graphql.addHook("preParsing", async (_schema, query) => checkSize(query));
  app.graphql.addHook("preValidation", async (_schema, document) => requireQueryText(document));
  app.graphql.addHook("preExecution", async (schema, document, _context, variables) => {
    costLimit.check(schema, document, variables ?? {});
    return prepareVariables(schema, document, variables ?? {});
  });
}
