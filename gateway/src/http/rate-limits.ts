import rateLimit, { type FastifyRateLimitStore, type FastifyRateLimitStoreCtor } from "@fastify/rate-limit";
import { AppError, type Verifier } from "@sidecart/platform/rpc";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Redis } from "ioredis";
import ipaddr from "ipaddr.js";
import { LRUCache } from "lru-cache";
import type { GatewayConfig } from "../config.ts";
import { gatewayErrors } from "../errors.ts";
import { isProbe } from "./health.ts";
import { createKnownAccounts } from "./known-accounts.ts";
import { type Count, createRateCounts, type RateCounts } from "./rate-counts.ts";

const windowMs = 60_000;
/** Addresses whose subscriber is cached, see `subscriber`. */
const keptAddresses = 10_000;
export type CountLogin = (request: FastifyRequest) => Promise<void>;

/**
 * Limits requests by account, those without a known token by address, and log-ins by address. Counted in Redis for all
 * replicas together: requests approximately, log-ins exactly. Without Redis each replica counts alone. The accounts
 * service limits failed log-ins without Redis.
 */
export async function registerRateLimits(
  app: FastifyInstance,
  config: GatewayConfig,
  redis: Redis,
  verifier: Pick<Verifier, "caller">,
): Promise<CountLogin> {
  const counts = createRateCounts(redis, "sidecart:rate:", windowMs);
  app.addHook("onClose", () => counts.close());
  const subscribers = new LRUCache<string, string>({ max: keptAddresses, memoMethod: subscriber });
  const accounts = createKnownAccounts(verifier);
  // After the limit: a flood of invalid tokens costs no more than its address may ask for.
  app.addHook("preParsing", (request, _reply, _body, done) => {
    accounts.learn(request);
    done();
  });
  await app.register(rateLimit, {
    max: config.SIDECART_RATE_LIMIT,
    timeWindow: windowMs,
    store: storeOver(counts),
    keyGenerator: (request) => accounts.of(request) ?? subscribers.memo(request.ip),
    allowList: ({ url }) => isProbe(url),
    errorResponseBuilder: (_request, { ttl }) => tooMany(ttl),
  });
  const check = app.createRateLimit({
    max: config.SIDECART_LOGIN_RATE_LIMIT,
    timeWindow: windowMs,
    keyGenerator: ({ ip }) => `login:${subscriber(ip)}`,
  });
  return async (request) => {
    const limit = await check(request);
    if (!limit.isAllowed && limit.isExceeded) throw tooMany(limit.ttl);
  };
}

/** The plugin's store of counts. A child store serves a separate limit, such as log-ins, and counts exactly. */
function storeOver(counts: RateCounts): FastifyRateLimitStoreCtor {
  return class Store implements FastifyRateLimitStore {
    private count: RateCounts["approximate"] = counts.approximate;

    incr(key: string, answer: Parameters<FastifyRateLimitStore["incr"]>[1]): void {
      const respond = ({ current, leftMs }: Count) => answer(null, { current, ttl: leftMs });
      const count = this.count(key);
      if (count instanceof Promise) count.then(respond, answer);
      else respond(count);
    }

    child(): FastifyRateLimitStore {
      const child = new Store();
      child.count = counts.exact;
      return child;
    }
  };
}

/**
 * The same text for all addresses of a subscriber: an IPv4 address, however it is written, or an IPv6 /64 network (RFC
 * 6177).
 */
export function subscriber(ip: string): string {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  const network = address.kind() === "ipv4" ? address.toByteArray() : address.toByteArray().slice(0, 8);
  return Buffer.from(network).toString("hex");
}

function tooMany(ttlMs: number): AppError {
  return new AppError(gatewayErrors.rateLimited, { details: { retryAfterSeconds: Math.ceil(ttlMs / 1000) } });
}
