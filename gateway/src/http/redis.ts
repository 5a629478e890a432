import type { Sidecar } from "@sidecart/platform/rpc";
import { background } from "@sidecart/platform/rpc";
import { secretStore } from "@sidecart/platform/run";
import type { Logger } from "@sidecart/platform/telemetry";
import { Redis } from "ioredis";

/** The URL of the Redis that holds the rate limits. */
export async function redisUrl(sidecar: Pick<Sidecar, "secret">): Promise<string> {
  const { url } = await sidecar.secret(secretStore, "redis", background(10_000));
  if (!url) throw new Error("the secret `redis` has no key `url`");
  return url;
}

/** Only for rate limits. While Redis is away, commands fail at once and each replica counts alone. */
export function connectRedis(url: string, log: Logger): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    // A command without an answer may have run: sent again it would count twice.
    maxRetriesPerRequest: 0,
    connectTimeout: 500,
    commandTimeout: 500,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
  });
  let known = true;
  redis.on("error", (error) => {
    if (known) log.warn({ err: error }, "Redis is not reachable: meanwhile each replica limits rates alone");
    known = false;
  });
  redis.on("ready", () => {
    known = true;
  });
  return redis;
}
