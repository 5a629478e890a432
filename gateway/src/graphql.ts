import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "@sidecart/platform/telemetry";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import mercurius, { type IResolvers, type MercuriusContext } from "mercurius";
import { accountMutations, accountQueries, userFields } from "./account-resolvers.ts";
import { refuseEmpty } from "./asked.ts";
import { keepAnswers } from "./cache/answers.ts";
import type { Cache } from "./cache/cache.ts";
import { answerConditionally } from "./conditional.ts";
import { type GatewayContext, RequestCall } from "./context.ts";
import { formatErrors } from "./graphql-errors.ts";
import { checkCost, checkSize, keptQueries, keptTexts, maxDepth, maxErrors, maxTokens } from "./limits.ts";
import { loaders } from "./loaders.ts";
import { opsMutations, opsQueries } from "./ops-resolvers.ts";
import { orderMutations, orderQueries } from "./order-resolvers.ts";
import { productMutations, productQueries } from "./product-resolvers.ts";
import type { CountLogin } from "./rate-limits.ts";
import { minorUnitsScalar, textMapScalar } from "./scalars.ts";
import type { Services } from "./services.ts";
import type { Together } from "./together.ts";
import { prepareVariables, refuseTree } from "./variables.ts";

export const typeDefs = ["schema.graphql", "domains/operations-admin/service-name.graphql"]
  .map((file) => readFileSync(join(import.meta.dirname, file), "utf8"))
  .join("\n");

const resolvers = {
  MinorUnits: minorUnitsScalar,
  TextMap: textMapScalar,
  Query: { ...accountQueries, ...productQueries, ...orderQueries, ...opsQueries },
  Mutation: { ...accountMutations, ...productMutations, ...orderMutations, ...opsMutations },
  User: userFields,
} as unknown as IResolvers;

export type GraphqlOptions = {
  services: Services;
  together: Together;
  reads: Cache;
  timeoutMs: number;
  /** How long the text of an answer may be kept; 0: not at all. */
  answersMs: number;
  countLogin: CountLogin;
  log: Logger;
};

/** Mounts /graphql. */
export async function registerGraphql(app: FastifyInstance, options: GraphqlOptions): Promise<void> {
  refuseEmpty(app, "/graphql");
  if (options.answersMs > 0) keepAnswers(app, "/graphql", options.answersMs);
  answerConditionally(app, "/graphql");
  await app.register(mercurius, {
    schema: typeDefs,
    resolvers,
    loaders,
    jit: 2,
    queryDepth: maxDepth,
    cache: keptQueries,
    graphql: { parseOptions: { maxTokens }, validateOptions: { maxErrors } },
    // Clients may send a query once and its hash from then on; the least used are forgotten.
    // Mercurius refuses mutations by GET, and by nothing else that is one.
    additionalRouteOptions: { exposeHeadRoute: false },
    persistedQueryProvider: mercurius.persistedQueryDefaults.automatic(keptTexts),
    graphiql: false,
    allowBatchedQueries: false,
    context: (request: FastifyRequest, reply: FastifyReply): GatewayContext => ({
      services: options.services,
      together: options.together,
      reads: options.reads,
      call: new RequestCall(request, reply, options.timeoutMs),
      countLogin: () => options.countLogin(request),
    }),
    errorFormatter(execution, context) {
      (context as unknown as GatewayContext).call.made?.fromElsewhere();
      const { retryAfter, ...formatted } = formatErrors(execution, options.log);
      if (retryAfter !== undefined) (context as unknown as MercuriusContext).reply.header("retry-after", retryAfter);
      return formatted as never;
    },
  });
  app.graphql.addHook("preParsing", async (_schema, query) => checkSize(query));
  app.graphql.addHook("preValidation", async (_schema, document) => refuseTree(document));
  app.graphql.addHook("preExecution", async (schema, document, _context, variables) => {
    checkCost(schema, document, variables ?? {});
    return prepareVariables(schema, document, variables ?? {});
  });
}
