import rateLimit, { type FastifyRateLimitStore, type FastifyRateLimitStoreCtor } from "@fastify/rate-limit";
import { AppError } from "@sidecart/platform/rpc";
import type { Logger } from "@sidecart/platform/telemetry";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Redis } from "ioredis";
import ipaddr from "ipaddr.js";
import { LRUCache } from "lru-cache";
import type { GatewayConfig } from "../config.ts";
import { gatewayErrors } from "../errors.ts";
import { isProbe } from "./health.ts";
import { type Count, createRateCounts, type RateCounts } from "./rate-counts.ts";

const windowMs = 60_000;
/** Addresses whose subscriber is cached. */
const keptAddresses = 10_000;
export type CountLogin = (request: FastifyRequest) => Promise<void>;

/**
 * Limits requests by address, counted in Redis for all replicas together: requests approximately, log-ins exactly. Without
 * Redis each replica counts requests alone, and log-ins are not limited here; the accounts service limits failed log-ins
 * by itself and does not need Redis.
 */
export async function registerRateLimits(
  app: FastifyInstance,
  config: GatewayConfig,
  redis: Redis,
  log: Logger,
): Promise<CountLogin> {
  const counts = createRateCounts(redis, "sidecart:rate:", windowMs);
  app.addHook("onClose", () => counts.close());
  const subscribers = new LRUCache<string, string>({ max: keptAddresses, memoMethod: subscriber });
  await app.register(rateLimit, {
    max: config.SIDECART_RATE_LIMIT,
    timeWindow: windowMs,
    store: storeOver(counts),
    keyGenerator: ({ ip }) => subscribers.memo(ip),
    allowList: ({ url }) => isProbe(url),
    errorResponseBuilder: (_request, { ttl }) => tooMany(ttl),
  });
  const check = app.createRateLimit({
    max: config.SIDECART_LOGIN_RATE_LIMIT,
    timeWindow: windowMs,
    keyGenerator: ({ ip }) => `login:${subscriber(ip)}`,
  });
  return async (request) => {
    const limit = await check(request).catch((error: unknown) => {
      log.debug({ err: error }, "log-ins are not counted: Redis is not reachable");
    });
    if (limit && !limit.isAllowed && limit.isExceeded) throw tooMany(limit.ttl);
  };
}

/** The store that the plugin asks for counts. A child store is for a limit of its own, such as log-ins: it counts exactly. */
function storeOver(counts: RateCounts): FastifyRateLimitStoreCtor {
  return class Store implements FastifyRateLimitStore {
    private count: RateCounts["approximate"] = counts.approximate;

    incr(key: string, answer: Parameters<FastifyRateLimitStore["incr"]>[1]): void {
      const give = ({ current, leftMs }: Count) => answer(null, { current, ttl: leftMs });
      const count = this.count(key);
      if (count instanceof Promise) count.then(give, answer);
      else give(count);
    }

    child(): FastifyRateLimitStore {
      const child = new Store();
      child.count = counts.exact;
      return child;
    }
  };
}

/** One text for all addresses of a subscriber: an IPv4 address, however it is written, or an IPv6 network of 64 bits (RFC 6177). */
export function subscriber(ip: string): string {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  const network = address.kind() === "ipv4" ? address.toByteArray() : address.toByteArray().slice(0, 8);
  return Buffer.from(network).toString("hex");
}

function tooMany(ttlMs: number): AppError {
  return new AppError(gatewayErrors.rateLimited, { details: { retryAfterSeconds: Math.ceil(ttlMs / 1000) } });
}
