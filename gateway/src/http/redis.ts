import type { Sidecar } from "@sidecart/platform/rpc";
import { background } from "@sidecart/platform/rpc";
import { secretStore } from "@sidecart/platform/run";
import type { Logger } from "@sidecart/platform/telemetry";
import { Redis } from "ioredis";

/** The URL of the Redis for rate limits, with a user that may only count. */
export async function redisUrl(sidecar: Pick<Sidecar, "secret">): Promise<string> {
  const { url } = await sidecar.secret(secretStore, "rate-limits", background(10_000));
  if (!url) throw new Error("the secret `rate-limits` has no key `url`");
  return url;
}

/** Only for rate limits. While Redis is away, commands fail at once and each replica counts alone. */
export function connectRedis(url: string, log: Logger): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    // A command without a reply may have run: a retry would count twice.
    maxRetriesPerRequest: 0,
    connectTimeout: 500,
    commandTimeout: 500,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
  });
  let reachable = true;
  redis.on("error", (error) => {
    if (reachable) log.warn({ err: error }, "Redis is not reachable: until it is, each replica limits rates alone");
    reachable = false;
  });
  redis.on("ready", () => {
    reachable = true;
  });
  return redis;
}
