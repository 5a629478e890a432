import cors from "@fastify/cors";
import type { Logger } from "@sidecart/platform/telemetry";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { GatewayConfig } from "../config.ts";
import type { OperationCounts } from "../operation-counts.ts";
import { bodyLimit, readBodies } from "./bodies.ts";
import {
  formatHttpErrors,
  frameworkErrors,
  refuseBadRequestLines,
  refuseConnection,
  refuseExpectation,
} from "./error-responses.ts";
import { refuseOverload } from "./overload.ts";
import { securityHeaders } from "./security-headers.ts";
import { traceRequests } from "./trace-requests.ts";

/** Headers that pages of other origins may read. */
const exposedHeaders = ["etag", "retry-after", "x-ratelimit-remaining", "x-trace-id"];

/** The HTTP server without its routes: limits, headers, CORS, traces, errors. */
export async function createHttp(
  config: GatewayConfig,
  counts: Pick<OperationCounts, "countRefusal">,
  log: Logger,
): Promise<FastifyInstance> {
  // GraphiQL is a page that loads scripts; the API returns only data.
  const headers = securityHeaders({ contentSecurityPolicy: !config.SIDECART_LOCAL });
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
    http: { requireHostHeader: false },
    frameworkErrors: frameworkErrors(headers),
    clientErrorHandler: refuseConnection,
  });
  app.server.on("checkExpectation", refuseExpectation);
  formatHttpErrors(app, counts, log);
  readBodies(app);
  traceRequests(app, { trust: config.SIDECART_TRUST_TRACE });
  app.addHook("onRequest", (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
  await app.register(cors, {
    origin: origins(config.SIDECART_CORS_ORIGINS),
    exposedHeaders,
    maxAge: 600,
    strictPreflight: false,
  });
  refuseBadRequestLines(app);
  // After CORS: a page of another origin can read a refusal only with CORS headers.
  await refuseOverload(app);
  return app;
}

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
