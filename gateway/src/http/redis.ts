import type { Sidecar } from "@sidecart/platform/rpc";
import { background } from "@sidecart/platform/rpc";
import { secretStore } from "@sidecart/platform/run";
import type { Logger } from "@sidecart/platform/telemetry";
import { Redis } from "ioredis";

/** Where the Redis of the rate limits is. */
export async function redisUrl(sidecar: Pick<Sidecar, "secret">): Promise<string> {
  const { url } = await sidecar.secret(secretStore, "redis", background(10_000));
  if (!url) throw new Error("the secret `redis` has no key `url`");
  return url;
}

/** Shared by the replicas for rate limits alone: while it is away, commands fail at once and replicas count alone. */
export function connectRedis(url: string, log: Logger): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    // What a connection that broke left unanswered may have been done: sent again, it would count twice.
    maxRetriesPerRequest: 0,
    connectTimeout: 500,
    commandTimeout: 500,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
  });
  let known = true;
  redis.on("error", (error) => {
    if (known) log.warn({ err: error }, "Redis is not reachable: rate limits are kept by each replica alone meanwhile");
    known = false;
  });
  redis.on("ready", () => {
    known = true;
  });
  return redis;
}
