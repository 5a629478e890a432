import cors from "@fastify/cors";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import { AppError, commonErrors, toAppError } from "@sidecart/platform/errors";
import { newId } from "@sidecart/platform/ids";
import type { Logger } from "@sidecart/platform/log";
import Fastify, { type FastifyBaseLogger, type FastifyError, type FastifyInstance, LogController } from "fastify";
import type { Redis } from "ioredis";
import type { GatewayConfig } from "./config.ts";
import { traceRequests } from "./trace-requests.ts";

const bodyLimit = 256 * 1024;

/** The HTTP side without its routes: limits, headers, CORS, traces, errors. */
export async function createHttp(config: GatewayConfig, log: Logger, redis: Redis): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    requestTimeout: 15_000,
    connectionTimeout: 20_000,
    trustProxy: (_address: string, hop: number) => hop < config.SIDECART_TRUSTED_PROXIES,
    genReqId: newId,
    return503OnClosing: true,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 200 },
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const known = asAppError(error);
    if (known.httpStatus >= 500) log.error({ err: error, code: known.code }, "request failed");
    const body = { errors: [{ message: known.message, extensions: { code: known.code, ...known.details } }] };
    return reply.code(known.httpStatus).send({ data: null, ...body });
  });
  traceRequests(app);
  // GraphiQL is a page that loads its scripts; the API itself answers data only.
  await app.register(helmet, { contentSecurityPolicy: config.SIDECART_LOCAL ? false : undefined });
  await app.register(cors, { origin: origins(config.SIDECART_CORS_ORIGINS), maxAge: 600 });
  await app.register(rateLimit, {
    max: config.SIDECART_RATE_LIMIT,
    timeWindow: "1 minute",
    redis,
    nameSpace: "sidecart:rate:",
    // Without Redis requests go on unlimited rather than not at all; the log-in throttle does not depend on it.
    skipOnError: true,
    allowList: (request) => request.url === "/healthz" || request.url === "/readyz",
    errorResponseBuilder: (_request, { ttl }) => tooMany(ttl),
  });
  return app;
}

function tooMany(ttlMs: number): AppError {
  const kind = { code: "RATE_LIMITED", status: "RESOURCE_EXHAUSTED", text: "Too many requests. Slow down." } as const;
  return new AppError(kind, { details: { retryAfterSeconds: Math.ceil(ttlMs / 1000) } });
}

/** Fastify's own refusals (malformed JSON, a body too large) keep their status and code. */
function asAppError(error: FastifyError): AppError {
  const { statusCode } = error;
  if (error instanceof AppError || statusCode === undefined || statusCode >= 500) return toAppError(error);
  const kind = {
    code: error.code ?? commonErrors.invalid.code,
    status: "INVALID_ARGUMENT",
    text: error.message,
  } as const;
  return Object.defineProperty(new AppError(kind), "httpStatus", { value: statusCode });
}

function origins(setting: string): boolean | string[] {
  if (setting === "*") return true;
  return setting === "" ? false : setting.split(",").map((one) => one.trim());
}
