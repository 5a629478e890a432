import { type Redis, ReplyError, type Result } from "ioredis";
import { LRUCache } from "lru-cache";

/** How long a replica keeps to itself what it counted. */
const tellEveryMs = 100;
/** Keys that are counted here; one that was forgotten is asked for anew. */
const keptKeys = 20_000;
/** Sums that go to Redis at a time. */
const mostSums = 1_000;

/** Adds to a window that begins with the first that is counted in it: the new count, and the rest of the window in ms. */
const addToWindow = `
  local current = redis.call('INCRBY', KEYS[1], ARGV[1])
  local left = redis.call('PTTL', KEYS[1])
  if left < 0 then
    left = tonumber(ARGV[2])
    redis.call('PEXPIRE', KEYS[1], left)
  end
  return { current, left }
`;
type Added = [current: number, leftMs: number];

declare module "ioredis" {
  interface RedisCommander<Context> {
    addToWindow(key: string, by: number, windowMs: number): Result<Added, Context>;
  }
}

export type Count = { current: number; leftMs: number };
export type RateCounts = {
  /** Asks Redis each time. */
  exactly(key: string): Promise<Count>;
  /**
   * Asks Redis for the first of a window; the others are counted here, and Redis is told the sums every 100 ms. Beyond a
   * limit, each other replica lets through what reaches it in that time at most. While Redis is away, each counts alone.
   */
  nearly(key: string): Count | Promise<Count>;
  /** Tells Redis what is left to tell. */
  close(): Promise<void>;
};

/** `shared`: of all replicas, as Redis said last; `untold`: counted here since. */
type Window = { key: string; shared: number; untold: number; endsAt: number };

/** Counts what happens in windows of one length, for all replicas together. */
export function createRateCounts(redis: Redis, nameSpace: string, windowMs: number): RateCounts {
  redis.defineCommand("addToWindow", { numberOfKeys: 1, lua: addToWindow });
  const untold = new Set<Window>();
  const windows = new LRUCache<string, Window>({ max: keptKeys, dispose: (window) => untold.delete(window) });
  const opening = new Map<string, Promise<Window>>();
  let timer: NodeJS.Timeout | undefined;
  let telling = Promise.resolve();

  async function open(key: string): Promise<Window> {
    const added = redis.addToWindow(nameSpace + key, 0, windowMs).catch((): Added => [0, windowMs]);
    const [shared, leftMs] = await added;
    const window = { key, shared, untold: 0, endsAt: Date.now() + leftMs };
    windows.set(key, window);
    opening.delete(key);
    return window;
  }

  function countIn(window: Window): Count {
    window.untold += 1;
    untold.add(window);
    timer ??= setTimeout(tellInTurn, tellEveryMs);
    return { current: window.shared + window.untold, leftMs: window.endsAt - Date.now() };
  }

  /** While Redis is away, sums wait here: as many as there are keys, each until its window ends. */
  async function tell(): Promise<void> {
    for (const window of untold) if (window.endsAt <= Date.now()) untold.delete(window);
    const waiting = [...untold];
    for (let from = 0; from < waiting.length && redis.status === "ready"; from += mostSums)
      await send(waiting.slice(from, from + mostSums));
  }

  /** A sum that Redis refuses is told again. One without an answer is not: it may have been added, and would be twice. */
  async function send(part: readonly Window[]): Promise<void> {
    const sums = part.map((window) => [window, window.untold] as const);
    const pipeline = redis.pipeline();
    for (const [window, sum] of sums) {
      untold.delete(window);
      pipeline.addToWindow(nameSpace + window.key, sum, windowMs);
    }
    const answers = await pipeline.exec().catch(() => null);
    for (const [at, [window, sum]] of sums.entries()) {
      const [error, added] = answers?.[at] ?? [];
      if (error === null) settle(window, sum, added as Added);
      else if (!(error instanceof ReplyError)) settle(window, sum, [window.shared + sum, window.endsAt - Date.now()]);
      else if (windows.peek(window.key) === window) untold.add(window);
    }
  }

  function tellInTurn(): void {
    telling = tell().then(() => {
      timer = untold.size > 0 ? setTimeout(tellInTurn, tellEveryMs) : undefined;
    });
  }

  function settle(window: Window, told: number, [shared, leftMs]: Added): void {
    window.shared = shared;
    window.untold -= told;
    window.endsAt = Date.now() + leftMs;
  }

  return {
    async exactly(key) {
      const [current, leftMs] = await redis.addToWindow(nameSpace + key, 1, windowMs);
      return { current, leftMs };
    },
    nearly(key) {
      const window = windows.get(key);
      if (window && window.endsAt > Date.now()) return countIn(window);
      const asked = opening.get(key) ?? open(key);
      opening.set(key, asked);
      return asked.then(countIn);
    },
    async close() {
      await telling;
      clearTimeout(timer);
      await tell();
    },
  };
}
