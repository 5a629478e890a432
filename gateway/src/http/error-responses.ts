import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { commonErrors, toAppError } from "@sidecart/platform/rpc";
import type { Logger } from "@sidecart/platform/telemetry";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type HttpErrorKind, httpErrors } from "../errors.ts";
import { countedError, type OperationCounts } from "../operation-counts.ts";
import { errorBody, HttpError } from "./http-error.ts";
import { responseTypeOf } from "./media-type.ts";

const jsonType = "application/json; charset=utf-8";
const badRequest: HttpErrorKind = { ...commonErrors.invalid, httpStatus: 400 };

/** Sends every error of Fastify and of our hooks in the form of a GraphQL error. */
export function formatHttpErrors(
  app: FastifyInstance,
  counts: Pick<OperationCounts, "countRefusal">,
  log: Logger,
): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (isRefusal(error)) {
      const code = error.code ?? badRequest.code;
      counts.countRefusal({ code, failed: false });
      return send(reply, request, error.statusCode, errorBody(code, error.message));
    }
    const known = toAppError(error);
    counts.countRefusal(countedError(known));
    if (known.httpStatus >= 500) log.error({ err: error, code: known.code }, "request failed");
    return send(reply, request, known.httpStatus, errorBody(known.code, known.message, known.details));
  });
  const allowedAt = collectMethods(app);
  app.setNotFoundHandler((request, reply) => {
    const allowed = allowedAt(request.url);
    if (allowed.length > 0) {
      reply.header("allow", allowed.join(", "));
      throw new HttpError(httpErrors.methodNotAllowed);
    }
    const { text, code } = commonErrors.notFound;
    return send(reply, request, 404, errorBody(code, text));
  });
}

function send(reply: FastifyReply, { headers }: FastifyRequest, status: number, body: object): FastifyReply {
  const type = responseTypeOf(headers.accept)?.contentType ?? jsonType;
  return reply.code(status).type(type).send(body);
}

/** Fastify's and our own refusals, such as a body that is too large, keep their status and code. */
const isRefusal = (error: FastifyError): error is FastifyError & { statusCode: number } =>
  error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;

/** The methods of the routes that match a URL. */
function collectMethods(app: FastifyInstance): (url: string) => string[] {
  const routes = new Map<string, { pattern: URLPattern; methods: Set<string> }>();
  app.addHook("onRoute", ({ url, method }) => {
    // The plugin for CORS adds `*` for OPTIONS.
    if (url === "*") return;
    const route = routes.get(url) ?? { pattern: new URLPattern({ pathname: url }), methods: new Set<string>() };
    for (const one of [method].flat()) route.methods.add(one);
    routes.set(url, route);
  });
  return (url) => {
    const [pathname] = url.split("?", 1);
    const matching = [...routes.values()].filter(({ pattern }) => pattern.test({ pathname }));
    return [...new Set(matching.flatMap(({ methods }) => [...methods]))].sort();
  };
}

/**
 * A URL is ASCII whose escapes are UTF-8 (RFC 3986). We would read any other text differently from how it was sent. A
 * request of HTTP/1.1 has a `Host` (RFC 9112); Node's own refusal has no body.
 */
export function refuseBadRequestLines(app: FastifyInstance): void {
  app.addHook("onRequest", ({ raw }, _reply, done) => {
    if (!isWellFormed(raw.url ?? "")) return done(new HttpError(badRequest, "The URL is not valid UTF-8."));
    if (raw.headers.host === undefined && raw.httpVersion === "1.1") {
      return done(new HttpError(badRequest, "The header `host` is missing."));
    }
    done();
  });
}

function isWellFormed(url: string): boolean {
  if (!/[^!-~]|%/.test(url)) return true;
  try {
    decodeURIComponent(url);
    return !/[^!-~]/.test(url);
  } catch {
    return false;
  }
}

/** Fastify's errors before any hook: a path that cannot be decoded, a parameter that is too long. */
export const frameworkErrors =
  (headers: Record<string, string>) =>
  (error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void => {
    const status = error.statusCode ?? 400;
    void reply
      .headers(headers)
      .code(status)
      .send(errorBody(error.code, STATUS_CODES[status] ?? error.message));
  };

/** Node's errors before there is a request: malformed HTTP, headers that are too large, a request that is too slow. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  if (socket.writable && !hasResponse(socket)) socket.write(rawResponse(refusalOf(error.code)));
  socket.destroy(error);
}

/** Whether a part of a response has been sent, which a refusal would corrupt. Node decides alike. */
function hasResponse(socket: Socket): boolean {
  const { _httpMessage: message } = socket as Socket & { _httpMessage?: ServerResponse | null };
  return message?.headersSent === true;
}

function refusalOf(code: string | undefined): HttpErrorKind {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return httpErrors.requestTimeout;
  if (code === "HPE_HEADER_OVERFLOW") return httpErrors.headersTooLarge;
  return { ...badRequest, text: "The request is not valid HTTP." };
}

function rawResponse(kind: HttpErrorKind): string {
  const { headers, body } = lastResponse(kind);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${kind.httpStatus} ${STATUS_CODES[kind.httpStatus]}`, ...lines];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}

/** An `Expect` other than 100-continue. Node's own refusal has no body. */
export function refuseExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const { headers, body } = lastResponse(httpErrors.expectationFailed);
  response.writeHead(httpErrors.expectationFailed.httpStatus, headers).end(body);
}

/** A response without Fastify, after which the connection closes. */
function lastResponse({ code, text }: HttpErrorKind) {
  const body = JSON.stringify(errorBody(code, text));
  const headers = { "content-type": jsonType, "content-length": Buffer.byteLength(body), connection: "close" };
  return { headers, body };
}
