import { findServer } from "./os-package.ts";

const advice = "install Redis (Debian: apt install redis-server; macOS: brew install redis) or set REDIS_URL";

/** The installed redis-server, which root on Debian installs if it is missing. */
export function findRedisServer(note: (text: string) => void, signal?: AbortSignal): Promise<string> {
  return findServer({ name: "redis-server", program: "redis-server", advice }, { note, signal });
}
