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
/** How many times the limit of an account one address may use with many accounts. */
const accountsOfAddress = 10;
const subscribers = new LRUCache<string, string>({ max: keptAddresses, memoMethod: subscriberOf });

declare module "fastify" {
  interface FastifyRequest {
    /** The account of its token, if the token was verified before. */
    knownAccount: string | undefined;
  }
}

export type CountLogin = (request: FastifyRequest) => Promise<void>;
export type RateLimits = {
  /** Counts a log-in or registration on its address; throws RATE_LIMITED after too many. */
  countLogin: CountLogin;
  /** Later requests with this request's token are counted on its account, if the token is valid. */
  learnAccount(request: FastifyRequest): void;
};

/**
 * Limits requests of an account, those without a known token from an address, and log-ins from an address. Counted in Redis
 * for all replicas together: requests approximately, log-ins exactly. Without Redis each replica counts alone. The
 * accounts service limits failed log-ins without Redis.
 */
export async function registerRateLimits(
  app: FastifyInstance,
  config: GatewayConfig,
  redis: Redis,
  verifier: Pick<Verifier, "caller">,
): Promise<RateLimits> {
  const counts = createRateCounts(redis, "sidecart:rate:", windowMs);
  app.addHook("onClose", () => counts.close());
  const accounts = createKnownAccounts(verifier);
  app.decorateRequest("knownAccount", undefined);
  app.addHook("onRequest", async (request) => {
    request.knownAccount = accounts.of(request);
    if (isProbe(request.url) || request.knownAccount === undefined) return;
    const { current, leftMs } = await counts.approximate(`all:${subscriber(request.ip)}`);
    if (current > accountsOfAddress * config.SIDECART_RATE_LIMIT) throw tooMany(leftMs);
  });
  await app.register(rateLimit, {
    max: config.SIDECART_RATE_LIMIT,
    timeWindow: windowMs,
    store: storeOver(counts),
    keyGenerator: ({ knownAccount, ip }) => knownAccount ?? subscriber(ip),
    allowList: ({ url }) => isProbe(url),
    errorResponseBuilder: (_request, { ttl }) => tooMany(ttl),
  });
  const check = app.createRateLimit({
    max: config.SIDECART_LOGIN_RATE_LIMIT,
    timeWindow: windowMs,
    keyGenerator: ({ ip }) => `login:${subscriber(ip)}`,
  });
  return {
    async countLogin(request) {
      const limit = await check(request);
      if (!limit.isAllowed && limit.isExceeded) throw tooMany(limit.ttl);
    },
    learnAccount: accounts.learn,
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
export const subscriber = (ip: string): string => subscribers.memo(ip);

function subscriberOf(ip: string): string {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  const network = address.kind() === "ipv4" ? address.toByteArray() : address.toByteArray().slice(0, 8);
  return Buffer.from(network).toString("hex");
}

function tooMany(ttlMs: number): AppError {
  return new AppError(gatewayErrors.rateLimited, { details: { retryAfterSeconds: Math.ceil(ttlMs / 1000) } });
}
