import { type Redis, ReplyError, type Result } from "ioredis";
import { LRUCache } from "lru-cache";

/** How long counts wait here before they are sent to Redis. */
const flushEveryMs = 100;
/** Keys that are counted here; one that was evicted is read from Redis again. */
const maxKeys = 20_000;
/** Counts that are sent to Redis in one pipeline. */
const maxPipeline = 1_000;

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
type Added = [current: number, leftMs: number];

declare module "ioredis" {
  interface RedisCommander<Context> {
    addToWindow(key: string, by: number, windowMs: number): Result<Added, Context>;
  }
}

export type Count = { current: number; leftMs: number };
export type RateCounts = {
  /** In Redis, each time. */
  exact(key: string): Promise<Count>;
  /**
   * The first of a window in Redis. The others are counted here and sent to Redis every 100 ms, so beyond a limit each other
   * replica lets through what reaches it in 100 ms at most. While Redis is away, each replica counts alone.
   */
  approximate(key: string): Count | Promise<Count>;
  /** Sends what was not sent yet. */
  close(): Promise<void>;
};

/** `shared`: the count of all replicas when Redis last answered; `unsent`: counted here since. */
type Window = { key: string; shared: number; unsent: number; endsAt: number };

/** Counts in windows of one length, for all replicas together. */
export function createRateCounts(redis: Redis, nameSpace: string, windowMs: number): RateCounts {
  redis.defineCommand("addToWindow", { numberOfKeys: 1, lua: addToWindow });
  const unsent = new Set<Window>();
  const windows = new LRUCache<string, Window>({ max: maxKeys, dispose: (window) => unsent.delete(window) });
  const opening = new Map<string, Promise<Window>>();
  let timer: NodeJS.Timeout | undefined;
  let flushing = Promise.resolve();

  async function open(key: string): Promise<Window> {
    const added = redis.addToWindow(nameSpace + key, 0, windowMs).catch((): Added => [0, windowMs]);
    const [shared, leftMs] = await added;
    const window = { key, shared, unsent: 0, endsAt: Date.now() + leftMs };
    windows.set(key, window);
    opening.delete(key);
    return window;
  }

  function countIn(window: Window): Count {
    window.unsent += 1;
    unsent.add(window);
    timer ??= setTimeout(flushInTurn, flushEveryMs);
    return { current: window.shared + window.unsent, leftMs: window.endsAt - Date.now() };
  }

  /** While Redis is away counts wait here, each until its window ends. */
  async function flush(): Promise<void> {
    for (const window of unsent) if (window.endsAt <= Date.now()) unsent.delete(window);
    const waiting = [...unsent];
    for (let from = 0; from < waiting.length && redis.status === "ready"; from += maxPipeline)
      await send(waiting.slice(from, from + maxPipeline));
  }

  /** A count that Redis refuses is sent again. One without an answer is not: it may have been added, and would be twice. */
  async function send(part: readonly Window[]): Promise<void> {
    const sums = part.map((window) => [window, window.unsent] as const);
    const pipeline = redis.pipeline();
    for (const [window, sum] of sums) {
      unsent.delete(window);
      pipeline.addToWindow(nameSpace + window.key, sum, windowMs);
    }
    const answers = await pipeline.exec().catch(() => null);
    for (const [at, [window, sum]] of sums.entries()) {
      const [error, added] = answers?.[at] ?? [];
      if (error === null) settle(window, sum, added as Added);
      else if (!(error instanceof ReplyError)) settle(window, sum, [window.shared + sum, window.endsAt - Date.now()]);
      else if (windows.peek(window.key) === window) unsent.add(window);
    }
  }

  function flushInTurn(): void {
    flushing = flush().then(() => {
      timer = unsent.size > 0 ? setTimeout(flushInTurn, flushEveryMs) : undefined;
    });
  }

  function settle(window: Window, sent: number, [shared, leftMs]: Added): void {
    window.shared = shared;
    window.unsent -= sent;
    window.endsAt = Date.now() + leftMs;
  }

  return {
    async exact(key) {
      const [current, leftMs] = await redis.addToWindow(nameSpace + key, 1, windowMs);
      return { current, leftMs };
    },
    approximate(key) {
      const window = windows.get(key);
      if (window && window.endsAt > Date.now()) return countIn(window);
      const asked = opening.get(key) ?? open(key);
      opening.set(key, asked);
      return asked.then(countIn);
    },
    async close() {
      await flushing;
      clearTimeout(timer);
      await flush();
    },
  };
}
