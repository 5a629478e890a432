import { type Redis, ReplyError } from "ioredis";
import type { Window, WindowCount } from "./shared-window.ts";

/** How long counts wait here before they are sent to Redis. */
const flushEveryMs = 100;
/** Counts that are sent to Redis in one pipeline. */
const maxPipeline = 1_000;

export type CountFlush = {
  /** The window has a count that Redis does not have yet. */
  schedule(window: Window): void;
  /** Forgets the window's unsent counts. */
  drop(window: Window): void;
  /** Sends all unsent counts and stops. */
  close(): Promise<void>;
};

/** Sends unsent counts to Redis every 100 ms. While Redis is away they wait here, each until its window ends. */
export function createCountFlush(redis: Redis, send: (windows: readonly Window[]) => Promise<Window[]>): CountFlush {
  const unsent = new Set<Window>();
  let timer: NodeJS.Timeout | undefined;
  let flushing = Promise.resolve();

  async function flush(): Promise<void> {
    for (const window of unsent) if (window.endsAt <= Date.now()) unsent.delete(window);
    const waiting = [...unsent];
    for (let from = 0; from < waiting.length && redis.status === "ready"; from += maxPipeline) {
      const part = waiting.slice(from, from + maxPipeline);
      for (const window of part) unsent.delete(window);
      for (const refused of await send(part)) unsent.add(refused);
    }
  }

  function flushInTurn(): void {
    flushing = flush().then(() => {
      timer = unsent.size > 0 ? setTimeout(flushInTurn, flushEveryMs) : undefined;
    });
  }

  return {
    schedule(window) {
      unsent.add(window);
      timer ??= setTimeout(flushInTurn, flushEveryMs);
    },
    drop: (window) => void unsent.delete(window),
    async close() {
      await flushing;
      clearTimeout(timer);
      await flush();
    },
  };
}

export type SendOptions = { redis: Redis; nameSpace: string; windowMs: number };

/**
 * Adds the windows' counts in one pipeline and returns the windows whose count Redis refused, to send them again. A
 * count whose reply is lost is not sent again: Redis may have added it, and a retry would count it twice.
 */
export async function sendCounts(
  windows: readonly Window[],
  { redis, nameSpace, windowMs }: SendOptions,
): Promise<Window[]> {
  const sums = windows.map((window) => [window, window.unsent] as const);
  const pipeline = redis.pipeline();
  for (const [window, sum] of sums) pipeline.addToWindow(nameSpace + window.key, sum, windowMs);
  const replies = await pipeline.exec().catch(() => null);
  return sums.flatMap(([window, sum], at) => {
    const [error, added] = replies?.[at] ?? [];
    if (error instanceof ReplyError) return [window];
    settle(window, sum, error === null ? (added as WindowCount) : [window.shared + sum, window.endsAt - Date.now()]);
    return [];
  });
}

function settle(window: Window, sent: number, [shared, leftMs]: WindowCount): void {
  window.shared = shared;
  window.unsent -= sent;
  window.endsAt = Date.now() + leftMs;
}
