import type { Logger } from "@sidecart/platform/telemetry";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { GatewayCall } from "../calls/gateway-call.ts";
import { httpErrors } from "../errors.ts";
import { HttpError } from "../http/http-error.ts";
import { type ResponseType, responseTypeOf } from "../http/media-type.ts";
import { createPendingResponses, type PendingResponses } from "../http/pending-responses.ts";
import type { RateLimits } from "../http/rate-limits.ts";
import { RequestCall, type RequestCallOptions } from "../http/request-call.ts";
import type { OperationCounts } from "../operation-counts.ts";
import { type Admission, createAdmission } from "./admission.ts";
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
  learnAccount: RateLimits["learnAccount"];
  counts: OperationCounts;
  log: Logger;
};

type Exchange = { request: FastifyRequest; reply: FastifyReply; type: ResponseType; graphqlRequest: GraphqlRequest };
type Parts = {
  persisted: PersistedQueries;
  lift(text: string): LiftedQuery;
  admission: Admission;
  pending: PendingResponses;
};

/** Serves GraphQL over HTTP at a path, by GET and POST. */
export function addGraphqlRoute(app: FastifyInstance, options: RouteOptions): void {
  const { path, responses } = options;
  const parts: Parts = {
    persisted: createPersistedQueries(cachedTexts),
    lift: createLiteralLift(() => app.graphql.schema),
    admission: createAdmission(),
    pending: createPendingResponses(),
  };
  app.route({
    method: ["GET", "POST"],
    url: path,
    // HEAD of a query would cost as much as GET.
    exposeHeadRoute: false,
    handler(request, reply) {
      const type = responseTypeOf(request.headers.accept);
      if (!type) throw new HttpError(httpErrors.notAcceptable);
      options.learnAccount(request);
      const graphqlRequest = readGraphqlRequest(request);
      reply.type(type.contentType);
      const cached = responses?.find(request, graphqlRequest);
      if (cached === undefined) return respond({ request, reply, type, graphqlRequest }, parts, options);
      parts.pending.admit(request, reply, cached);
      return reply.send(cached);
    },
  });
}

async function respond(
  exchange: Exchange,
  { persisted, lift, admission, pending }: Parts,
  options: RouteOptions,
): Promise<string> {
  const { request, reply, graphqlRequest } = exchange;
  let release = () => {};
  const call = new RequestCall(request, reply, options.call);
  const admit = async (size: number) => {
    release = await admission.acquire(call, size);
  };
  const context = contextOf(exchange, call, admit);
  let wasExecuted = false;
  try {
    const given = persisted.textOf(graphqlRequest);
    checkSize(given);
    const lifted = lift(given);
    context.locate = lifted.locate;
    const { operationName } = graphqlRequest;
    checkOperation(lifted.query, operationName, request.method);
    const variables = { ...graphqlRequest.variables, ...lifted.variables };
    const result = await reply.graphql(lifted.query, context, variables, operationName);
    wasExecuted = result.data !== undefined;
    const text = responseText(result);
    // A large response keeps its place until it is sent, so those that wait are made one after the other.
    pending.admit(request, reply, text, release);
    release = () => {};
    persisted.store(graphqlRequest);
    const { rootFields: fields, countedErrors: errors } = context;
    options.counts.count({ fields, data: result.data, errors, elapsedMs: reply.elapsedTime });
    options.responses?.keep(request, text, options.counts.cacheHit(fields));
    return text;
  } catch (error) {
    return refuse(error, wasExecuted, exchange, context, options);
  } finally {
    release();
  }
}

function contextOf(
  { type, graphqlRequest }: Exchange,
  call: GatewayCall,
  admit: GraphqlContext["admit"],
): GraphqlContext {
  const { operationName } = graphqlRequest;
  return { call, type, operationName, admit, locate: undefined, rootFields: [], countedErrors: [] };
}

/**
 * If nothing was executed, it is a request error and the response has no `data`. Too many requests have their own status
 * with every media type, so that proxies and clients see them.
 */
function refuse(
  error: unknown,
  wasExecuted: boolean,
  { reply, type }: Exchange,
  { rootFields: fields, locate }: GraphqlContext,
  { counts, log }: RouteOptions,
): string {
  if (error instanceof HttpError) {
    reply.header("allow", "POST");
    throw error;
  }
  const formatted = formatErrors({ ...(wasExecuted && { data: null }), errors: [error as Error] }, log, locate);
  counts.count({ fields, data: null, errors: formatted.counted, elapsedMs: reply.elapsedTime });
  const tooMany = formatted.retryAfter !== undefined;
  setStatus(reply, formatted, tooMany || (wasExecuted ? type.statusOfFieldErrors : type.statusOfRequestErrors));
  reply.header("cache-control", "no-store");
  return JSON.stringify(formatted.response);
}

/** Sets the status of a response with errors: the first error's, or 200 where the media type prescribes it. */
export function setStatus(reply: FastifyReply, { statusCode, retryAfter }: Formatted, statusOfError: boolean): void {
  reply.code(statusOfError ? statusCode : 200);
  if (retryAfter !== undefined) reply.header("retry-after", retryAfter);
}
