import type { Logger } from "@sidecart/platform/telemetry";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { httpErrors } from "../errors.ts";
import { HttpError } from "../http/http-error.ts";
import { type ResponseType, responseTypeOf } from "../http/media-type.ts";
import { RequestCall, type RequestCallOptions } from "../http/request-call.ts";
import type { CachedResponses } from "./cacheable-responses.ts";
import { checkOperation } from "./choose-operation.ts";
import type { GraphqlContext } from "./context.ts";
import { type Formatted, formatErrors } from "./format-errors.ts";
import { type GraphqlRequest, readGraphqlRequest } from "./graphql-request.ts";
import { createLiteralLift, type LiftedQuery } from "./lifted-literals.ts";
import { createPersistedQueries, type PersistedQueries } from "./persisted-queries.ts";
import { cachedTexts, checkSize } from "./query-limits.ts";
import { responseText } from "./response-text.ts";

type RouteOptions = {
  path: string;
  /** Undefined when the cache is off. */
  responses: CachedResponses | undefined;
  call: RequestCallOptions;
  log: Logger;
};

type Exchange = { request: FastifyRequest; reply: FastifyReply; type: ResponseType; graphqlRequest: GraphqlRequest };
type Texts = { persisted: PersistedQueries; lift(text: string): LiftedQuery };

/** Serves GraphQL over HTTP at a path, by GET and POST. */
export function addGraphqlRoute(app: FastifyInstance, options: RouteOptions): void {
  const { path, responses } = options;
  const texts: Texts = {
    persisted: createPersistedQueries(cachedTexts),
    lift: createLiteralLift(() => app.graphql.schema),
  };
  app.route({
    method: ["GET", "POST"],
    url: path,
    // HEAD of a query would cost as much as GET.
    exposeHeadRoute: false,
    handler(request, reply) {
      const type = responseTypeOf(request.headers.accept);
      if (!type) throw new HttpError(httpErrors.notAcceptable);
      const graphqlRequest = readGraphqlRequest(request);
      reply.type(type.contentType);
      const cached = responses?.find(request, graphqlRequest);
      if (cached !== undefined) return reply.send(cached);
      return respond({ request, reply, type, graphqlRequest }, texts, options);
    },
  });
}

async function respond(exchange: Exchange, texts: Texts, options: RouteOptions): Promise<string> {
  const { request, graphqlRequest } = exchange;
  const { persisted } = texts;
  let lifted: LiftedQuery | undefined;
  try {
    const given = persisted.textOf(graphqlRequest);
    checkSize(given);
    lifted = texts.lift(given);
    checkOperation(lifted.query, graphqlRequest.operationName, request.method);
    const text = responseText(await execute(exchange, lifted, options));
    persisted.store(graphqlRequest);
    options.responses?.keep(request, text);
    return text;
  } catch (error) {
    return refuse(error, exchange, options, lifted?.locate);
  }
}

function execute({ request, reply, type, graphqlRequest }: Exchange, lifted: LiftedQuery, options: RouteOptions) {
  const { operationName } = graphqlRequest;
  const { query, locate } = lifted;
  const variables = { ...graphqlRequest.variables, ...lifted.variables };
  const context: GraphqlContext = { call: new RequestCall(request, reply, options.call), type, operationName, locate };
  return reply.graphql(query, context, variables, operationName);
}

/** A request error: nothing was executed, so the response has no `data`. */
function refuse(
  error: unknown,
  { reply, type }: Exchange,
  { log }: RouteOptions,
  locate?: LiftedQuery["locate"],
): string {
  if (error instanceof HttpError) {
    reply.header("allow", "POST");
    throw error;
  }
  const formatted = formatErrors({ errors: [error as Error] }, log, locate);
  setStatus(reply, formatted, type.statusOfRequestErrors);
  reply.header("cache-control", "no-store");
  return JSON.stringify(formatted.response);
}

/** Sets the status of a response with errors: the first error's, or 200 where the media type prescribes it. */
export function setStatus(reply: FastifyReply, { statusCode, retryAfter }: Formatted, statusOfError: boolean): void {
  reply.code(statusOfError ? statusCode : 200);
  if (retryAfter !== undefined) reply.header("retry-after", retryAfter);
}
