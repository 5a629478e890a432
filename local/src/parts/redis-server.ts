import { findServer } from "./os-package.ts";

const advice = "install Redis (Debian: apt install redis-server; macOS: brew install redis) or set REDIS_URL";

/** The redis-server of this machine, installed when it is missing and can be. */
export function findRedisServer(note: (text: string) => void, signal?: AbortSignal): Promise<string> {
  return findServer({ name: "redis-server", program: "redis-server", advice }, { note, signal });
}
