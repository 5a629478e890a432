import { AppError, commonErrors } from "@sidecart/platform/rpc";
import type { FastifyInstance, FastifyRequest } from "fastify";

/** What a request to the API holds, before it is known to be right. */
export type Asked = { query?: unknown; extensions?: unknown };

export const askedIn = ({ method, body, query }: FastifyRequest): Asked =>
  ((method === "GET" ? query : body) ?? {}) as Asked;

/** Refuses a request that asks nothing: Mercurius would tell it of a hash that it never sent. */
export function refuseEmpty(app: FastifyInstance, path: string): void {
  app.addHook("preHandler", (request, _reply, done) => {
    if (request.routeOptions.url !== path || request.validationError) return done();
    const { query, extensions } = askedIn(request);
    if (query || extensions) return done();
    done(new AppError(commonErrors.invalid, { message: "query: is missing" }));
  });
}
