import type { Launched } from "@sidecart/local/launch";
import type { Test } from "tap";
import { streamsOf } from "../../../support/streams.ts";
import type { Behind } from "./behind.ts";
import { oneLargeAmong } from "./tells.ts";

/** The least that may be set; data alone is not as large, but with the largest key that a sidecar can deliver it is. */
const smallestLimit = 1024 * 1024;
const [data, key] = [999_000, 50_000];

/** Redis Streams. */
export async function redis(t: Test, system: Launched): Promise<Behind> {
  const { redis, unread } = await streamsOf(t, { system });
  const limit = async (bytes: number | string) => void (await redis.config("SET", "proto-max-bulk-len", bytes));
  return {
    version: async () => /^redis_version:(\S+)/m.exec(await redis.info("server"))?.[1] ?? "",
    /** Of every service's group of every stream, what it has not read (lag) or not acknowledged (pending). */
    backlog: unread,
    async refuse() {
      await limit(smallestLimit);
      return { tells: oneLargeAmong(30, data, key), end: () => limit("512mb") };
    },
  };
}
