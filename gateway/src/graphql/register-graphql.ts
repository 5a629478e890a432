import type { Logger } from "@sidecart/platform/telemetry";
import type { FastifyInstance } from "fastify";
import mercurius, { type IResolvers, type MercuriusContext, type MercuriusLoaders } from "mercurius";
import { answerConditionally } from "../http/conditional-requests.ts";
import type { RateLimits } from "../http/rate-limits.ts";
import type { RequestCallOptions } from "../http/request-call.ts";
import type { OperationCounts } from "../operation-counts.ts";
import { cacheResponses } from "./cacheable-responses.ts";
import type { GraphqlContext } from "./context.ts";
import { formatErrors } from "./format-errors.ts";
import { addGraphqlRoute, setStatus } from "./graphql-route.ts";
import { refuseIntrospection } from "./introspection.ts";
import { cachedQueries, createCostLimit, type FieldCosts, maxDepth, maxErrors, maxTokens } from "./query-limits.ts";
import { rootFieldsOf } from "./root-fields.ts";
import { dateTimeScalar, minorUnitsScalar, textMapScalar } from "./scalars.ts";
import { prepareVariables, requireQueryText } from "./variables.ts";

const path = "/graphql";

export type GraphqlOptions = RequestCallOptions &
  Pick<RateLimits, "learnAccount"> & {
    typeDefs: string;
    resolvers: IResolvers;
    loaders: MercuriusLoaders;
    fieldCosts: FieldCosts;
    /** How long the text of a response stays in the cache; 0 turns the cache off. */
    maxAgeMs: number;
    /** Whether queries may read the schema. */
    introspection: boolean;
    counts: OperationCounts;
    log: Logger;
  };

/** Mounts /graphql. */
export async function registerGraphql(app: FastifyInstance, options: GraphqlOptions): Promise<void> {
  const { typeDefs, resolvers, loaders, maxAgeMs, learnAccount, counts, log } = options;
  answerConditionally(app, path);
  await app.register(mercurius, {
    schema: typeDefs,
    resolvers: {
      DateTime: dateTimeScalar,
      MinorUnits: minorUnitsScalar,
      TextMap: textMapScalar,
      ...resolvers,
    } as IResolvers,
    loaders,
    jit: 2,
    queryDepth: maxDepth,
    cache: cachedQueries,
    graphql: { parseOptions: { maxTokens }, validateOptions: { maxErrors } },
    // Our own route serves GraphQL over HTTP.
    routes: false,
    errorFormatter(execution, context) {
      const graphqlContext = context as unknown as GraphqlContext;
      const { call, type, locate } = graphqlContext;
      call.dependencies?.markUncacheable();
      const formatted = formatErrors(execution, log, locate);
      graphqlContext.countedErrors = formatted.counted;
      const { reply } = context as unknown as MercuriusContext;
      const wasExecuted = execution.data !== undefined;
      setStatus(reply, formatted, wasExecuted ? type.statusOfFieldErrors : type.statusOfRequestErrors);
      return { ...formatted, statusCode: reply.statusCode } as never;
    },
  });
  checkQueries(app, options);
  const responses = maxAgeMs > 0 ? cacheResponses(app, maxAgeMs) : undefined;
  addGraphqlRoute(app, { path, responses, call: options, learnAccount, counts, log });
}

/** Checks syntax, cost and variables, each as soon as it is known. The route has checked the size. */
function checkQueries(app: FastifyInstance, { fieldCosts, introspection }: GraphqlOptions): void {
  const costLimit = createCostLimit(fieldCosts);
  app.graphql.addHook("preValidation", async (_schema, document) => {
    requireQueryText(document);
    if (!introspection) refuseIntrospection(document);
  });
  app.graphql.addHook("preExecution", async (schema, document, context, variables) => {
    const graphqlContext = context as unknown as GraphqlContext;
    const { operationName } = graphqlContext;
    graphqlContext.rootFields = rootFieldsOf(document, operationName);
    const size = costLimit.check(schema, document, variables ?? {});
    const prepared = prepareVariables(schema, document, variables ?? {}, operationName);
    await graphqlContext.admit(size);
    return prepared;
  });
}
