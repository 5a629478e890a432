import { AppError, commonErrors } from "@sidecart/platform/rpc";
import type { FastifyInstance, FastifyRequest } from "fastify";

/** A GraphQL request as received, before validation. */
export type GraphqlRequest = { query?: unknown; extensions?: unknown };

export const graphqlRequestIn = ({ method, body, query }: FastifyRequest): GraphqlRequest =>
  ((method === "GET" ? query : body) ?? {}) as GraphqlRequest;

/** Refuses a request without a query: Mercurius' own error would complain about a hash that the client never sent. */
export function refuseEmptyRequests(app: FastifyInstance, path: string): void {
  app.addHook("preHandler", (request, _reply, done) => {
    if (request.routeOptions.url !== path || request.validationError) return done();
    const { query, extensions } = graphqlRequestIn(request);
    if (query || extensions) return done();
    done(new AppError(commonErrors.invalid, { message: "query: is missing" }));
  });
}
