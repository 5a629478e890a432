import rateLimit from "@fastify/rate-limit";
import { AppError } from "@sidecart/platform/errors";
import type { Logger } from "@sidecart/platform/log";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Redis } from "ioredis";
import type { GatewayConfig } from "./config.ts";

const timeWindow = "1 minute";
export type CountLogin = (request: FastifyRequest) => Promise<void>;

/**
 * Limits requests by address, counted in Redis for all replicas together. Without Redis requests go on unlimited rather
 * than not at all; the throttle on failed log-ins lives with the accounts service and does not depend on it.
 */
export async function registerRateLimits(
  app: FastifyInstance,
  config: GatewayConfig,
  redis: Redis,
  log: Logger,
): Promise<CountLogin> {
  await app.register(rateLimit, {
    max: config.SIDECART_RATE_LIMIT,
    timeWindow,
    redis,
    nameSpace: "sidecart:rate:",
    skipOnError: true,
    allowList: ({ url }) => url === "/healthz" || url === "/readyz",
    errorResponseBuilder: (_request, { ttl }) => tooMany(ttl),
  });
  const check = app.createRateLimit({
    max: config.SIDECART_LOGIN_RATE_LIMIT,
    timeWindow,
    keyGenerator: ({ ip }) => `login:${ip}`,
  });
  return async (request) => {
    const limit = await check(request).catch((error: unknown) => {
      log.debug({ err: error }, "log-ins are not counted: Redis is not reachable");
    });
    if (limit && !limit.isAllowed && limit.isExceeded) throw tooMany(limit.ttl);
  };
}

function tooMany(ttlMs: number): AppError {
  const kind = { code: "RATE_LIMITED", status: "RESOURCE_EXHAUSTED", text: "Too many requests. Slow down." } as const;
  return new AppError(kind, { details: { retryAfterSeconds: Math.ceil(ttlMs / 1000) } });
}
