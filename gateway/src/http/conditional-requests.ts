import { hash } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";

/**
 * What caches may do with the answers of a path. Queries by GET carry an `ETag`: who asks again with it is told in a few bytes that it
 * still holds (304, RFC 9110). An answer to a token is for its bearer alone; without one it is the same for everybody.
 */
export function answerConditionally(app: FastifyInstance, path: string): void {
  app.addHook("onSend", (request, reply, payload, done) => {
    if (request.routeOptions.url !== path) return done(null, payload);
    if (request.method !== "GET" || reply.statusCode !== 200 || typeof payload !== "string") {
      reply.header("cache-control", "no-store");
      return done(null, payload);
    }
    const etag = `"${hash("sha1", payload, "base64url")}"`;
    const bearer = request.headers.authorization !== undefined;
    reply.header("etag", etag).header("cache-control", bearer ? "private, no-cache" : "public, no-cache");
    reply.header("vary", [reply.getHeader("vary"), "Authorization"].filter(Boolean).join(", "));
    if (!holds(request, etag)) return done(null, payload);
    reply.code(304);
    done(null, null);
  });
}

/** Weak comparison: a proxy that compresses makes a tag weak. */
function holds({ headers }: FastifyRequest, etag: string): boolean {
  const tags = headers["if-none-match"]?.split(",").map((tag) => tag.trim().replace(/^W\//, "")) ?? [];
  return tags.includes(etag);
}
