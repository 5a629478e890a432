import type { Launched } from "@sidecart/local/launch";
import type { Test } from "tap";
import { streamsOf } from "../../../support/streams.ts";
import type { Behind } from "../servers.ts";
import { oneLargeAmong } from "./instructions.ts";

/** The minimum of the setting. An event exceeds it only with maximum data and the largest key that a sidecar supports. */
const smallestLimit = 1024 * 1024;
const [data, key] = [999_000, 50_000];

/** Redis Streams. */
export async function redis(t: Test, system: Launched): Promise<Behind> {
  const { redis, unread } = await streamsOf(t, { system });
  const limit = async (bytes: number | string) => void (await redis.config("SET", "proto-max-bulk-len", bytes));
  return {
    version: async () => /^redis_version:(\S+)/m.exec(await redis.info("server"))?.[1] ?? "",
    /** Unread (lag) and unacknowledged (pending) messages of every service's group of every stream. */
    backlog: unread,
    async rejectSome() {
      await limit(smallestLimit);
      return { instructions: oneLargeAmong(30, data, key), end: () => limit("512mb") };
    },
  };
}
