import type { FastifyRequest } from "fastify";

/**
 * The header `authorization` in the form that services and caches expect: the scheme is case-insensitive and any number of
 * spaces may follow it (RFC 9110). gRPC metadata carries only printable ASCII. Every valid token consists of it.
 */
export function authorizationOf({ headers: { authorization = "" } }: Pick<FastifyRequest, "headers">) {
  if (!/^[\x20-\x7e]+$/.test(authorization)) return undefined;
  return authorization.replace(/^bearer +/i, "Bearer ");
}
