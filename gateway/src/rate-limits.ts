import rateLimit from "@fastify/rate-limit";
import { AppError } from "@sidecart/platform/errors";
import type { Logger } from "@sidecart/platform/log";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Redis } from "ioredis";
import ipaddr from "ipaddr.js";
import type { GatewayConfig } from "./config.ts";
import { gatewayErrors } from "./errors.ts";

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
    keyGenerator: ({ ip }) => subscriber(ip),
    allowList: ({ url }) => url === "/healthz" || url === "/readyz",
    errorResponseBuilder: (_request, { ttl }) => tooMany(ttl),
  });
  const check = app.createRateLimit({
    max: config.SIDECART_LOGIN_RATE_LIMIT,
    timeWindow,
    keyGenerator: ({ ip }) => `login:${subscriber(ip)}`,
  });
  return async (request) => {
    const limit = await check(request).catch((error: unknown) => {
      log.debug({ err: error }, "log-ins are not counted: Redis is not reachable");
    });
    if (limit && !limit.isAllowed && limit.isExceeded) throw tooMany(limit.ttl);
  };
}

/** What one subscriber has: an IPv4 address, however it is written, or an IPv6 network of 64 bits (RFC 6177). */
export function subscriber(ip: string): string {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  const network = address.kind() === "ipv4" ? address.toByteArray() : address.toByteArray().slice(0, 8);
  return Buffer.from(network).toString("hex");
}

function tooMany(ttlMs: number): AppError {
  return new AppError(gatewayErrors.rateLimited, { details: { retryAfterSeconds: Math.ceil(ttlMs / 1000) } });
}
