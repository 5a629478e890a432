import { hash } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/**
 * Sets the cache headers of a path's responses. A response to GET has an `ETag`. A request with that tag gets 304
 * without a body while the response is the same (RFC 9110). The response to a request with a token is private, any
 * other is public.
 */
export function answerConditionally(app: FastifyInstance, path: string): void {
  app.addHook("onSend", (request, reply, payload, done) => {
    if (request.routeOptions.url !== path) return done(null, payload);
    if (request.method !== "GET" || !isStorable(reply) || typeof payload !== "string") {
      reply.header("cache-control", "no-store");
      return done(null, payload);
    }
    const etag = `"${hash("sha1", payload, "base64url")}"`;
    const bearer = request.headers.authorization !== undefined;
    reply.header("etag", etag).header("cache-control", bearer ? "private, no-cache" : "public, no-cache");
    reply.header("vary", [reply.getHeader("vary"), "Authorization, Accept"].filter(Boolean).join(", "));
    if (!matches(request, etag)) return done(null, payload);
    reply.code(304);
    done(null, null);
  });
}

/** An error may have status 200, and then its handler forbids to store it. */
const isStorable = (reply: FastifyReply) => reply.statusCode === 200 && !reply.hasHeader("cache-control");

/** Weak comparison, because a proxy that compresses makes a tag weak. `*` matches every response. */
function matches({ headers }: FastifyRequest, etag: string): boolean {
  const tags = headers["if-none-match"]?.split(",").map((tag) => tag.trim().replace(/^W\//, "")) ?? [];
  return tags.includes(etag) || (tags.length === 1 && tags[0] === "*");
}
