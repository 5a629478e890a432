import cors from "@fastify/cors";
import { AppError, commonErrors, toAppError } from "@sidecart/platform/rpc";
import type { Logger } from "@sidecart/platform/telemetry";
import Fastify, { type FastifyBaseLogger, type FastifyError, type FastifyInstance, LogController } from "fastify";
import type { GatewayConfig } from "../config.ts";
import { refuseOverload } from "./overload.ts";
import { securityHeaders } from "./security-headers.ts";
import { traceRequests } from "./trace-requests.ts";

/** Enough for a product with a picture of 8 kB and for an order with 100 lines. */
const bodyLimit = 128 * 1024;

/** Headers that pages of other origins may read. */
const exposedHeaders = ["etag", "retry-after", "x-ratelimit-remaining", "x-trace-id"];

/** The HTTP server without its routes: limits, headers, CORS, traces, errors. */
export async function createHttp(config: GatewayConfig, log: Logger): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    requestTimeout: 15_000,
    connectionTimeout: 20_000,
    trustProxy: (_address: string, hop: number) => hop < config.SIDECART_TRUSTED_PROXIES,
    // One logger for all requests: a child logger would take a tenth of a request's time, and lines have a trace id
    // anyway.
    childLoggerFactory: (logger) => logger,
    return503OnClosing: false,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 200 },
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const known = isRefusal(error) ? refusal(error) : toAppError(error);
    const status = isRefusal(error) ? error.statusCode : known.httpStatus;
    if (known.httpStatus >= 500) log.error({ err: error, code: known.code }, "request failed");
    const extensions = { code: known.code, ...known.details };
    return reply
      .code(status ?? known.httpStatus)
      .send({ data: null, errors: [{ message: known.message, extensions }] });
  });
  app.setNotFoundHandler((_request, reply) => {
    const { text, code } = commonErrors.notFound;
    return reply.code(404).send({ data: null, errors: [{ message: text, extensions: { code } }] });
  });
  traceRequests(app, { trust: config.SIDECART_TRUST_TRACE });
  // GraphiQL is a page that loads scripts; the API returns only data.
  const headers = securityHeaders({ contentSecurityPolicy: !config.SIDECART_LOCAL });
  app.addHook("onRequest", (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
  await app.register(cors, { origin: origins(config.SIDECART_CORS_ORIGINS), exposedHeaders, maxAge: 600 });
  // After CORS: a page of another origin can read a refusal only with CORS headers.
  await refuseOverload(app);
  return app;
}

/** Fastify's own refusals (malformed JSON, a body too large) keep their status and code. */
function refusal(error: FastifyError): AppError {
  return new AppError({
    code: error.code ?? commonErrors.invalid.code,
    status: "INVALID_ARGUMENT",
    text: error.message,
  });
}

const isRefusal = ({ statusCode }: FastifyError) => statusCode !== undefined && statusCode >= 400 && statusCode < 500;

function origins(setting: string): boolean | (string | RegExp)[] {
  const listed = setting
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
  if (listed.includes("*")) return true;
  return listed.length > 0 && listed.map(withAnyPort);
}

/** `http://localhost:*` is that host on every port, and without one. */
function withAnyPort(origin: string): string | RegExp {
  if (!origin.endsWith(":*")) return origin;
  return new RegExp(`^${RegExp.escape(origin.slice(0, -2))}(:\\d+)?$`);
}
