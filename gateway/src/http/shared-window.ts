import type { Redis, Result } from "ioredis";

/** Adds to a window, which begins with its first count. Returns the new count and the rest of the window in ms. */
const addToWindow = `
  local current = redis.call('INCRBY', KEYS[1], ARGV[1])
  local left = redis.call('PTTL', KEYS[1])
  if left < 0 then
    left = tonumber(ARGV[2])
    redis.call('PEXPIRE', KEYS[1], left)
  end
  return { current, left }
`;

declare module "ioredis" {
  interface RedisCommander<Context> {
    addToWindow(key: string, by: number, windowMs: number): Result<WindowCount, Context>;
  }
}

export type WindowCount = [current: number, leftMs: number];

/** A window that this replica caches. `shared`: Redis' count when it last responded; `unsent`: counted here since. */
export type Window = { readonly key: string; shared: number; unsent: number; endsAt: number };

export function defineAddToWindow(redis: Redis): void {
  redis.defineCommand("addToWindow", { numberOfKeys: 1, lua: addToWindow });
}
