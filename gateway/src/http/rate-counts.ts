import type { ObservableCallback } from "@opentelemetry/api";
import { meter } from "@sidecart/platform/telemetry";
import type { Redis } from "ioredis";
import { LRUCache } from "lru-cache";
import { createCountFlush, sendCounts } from "./count-flush.ts";
import { defineAddToWindow, type Window, type WindowCount } from "./shared-window.ts";

/** Keys that are counted here. After an eviction the key's count is read from Redis again. */
const maxKeys = 20_000;

export type Count = { current: number; leftMs: number };
export type RateCounts = {
  /** Counts in Redis, each time. While Redis is away, each replica counts alone, as below. */
  exact(key: string): Promise<Count>;
  /**
   * Reads the count from Redis at the first request of a window, counts here, and sends the counts to Redis every 100
   * ms. So beyond a limit each other replica accepts at most the requests that reach it in 100 ms. While Redis is away,
   * each replica counts alone.
   */
  approximate(key: string): Count | Promise<Count>;
  /** Sends all unsent counts. */
  close(): Promise<void>;
};

/** Counts in windows of one length, for all replicas together. */
export function createRateCounts(redis: Redis, nameSpace: string, windowMs: number): RateCounts {
  defineAddToWindow(redis);
  const flush = createCountFlush(redis, async (part) => {
    const refused = await sendCounts(part, { redis, nameSpace, windowMs });
    return refused.filter((window) => windows.peek(window.key) === window);
  });
  const windows = new LRUCache<string, Window>({ max: maxKeys, dispose: flush.drop });
  const opening = new Map<string, Promise<Window>>();

  async function open(key: string): Promise<Window> {
    const added = redis.addToWindow(nameSpace + key, 0, windowMs).catch((): WindowCount => [0, windowMs]);
    const [shared, leftMs] = await added;
    const window = { key, shared, unsent: 0, endsAt: Date.now() + leftMs };
    windows.set(key, window);
    opening.delete(key);
    return window;
  }

  function countIn(window: Window): Count {
    window.unsent += 1;
    flush.schedule(window);
    return { current: window.shared + window.unsent, leftMs: window.endsAt - Date.now() };
  }

  function approximate(key: string): Count | Promise<Count> {
    const window = windows.get(key);
    if (window && window.endsAt > Date.now()) return countIn(window);
    const opened = opening.get(key) ?? open(key);
    opening.set(key, opened);
    return opened.then(countIn);
  }

  const stopGauge = observeAbsence(redis);
  return {
    async exact(key) {
      try {
        const [current, leftMs] = await redis.addToWindow(nameSpace + key, 1, windowMs);
        return { current, leftMs };
      } catch {
        return approximate(key);
      }
    },
    approximate,
    close() {
      stopGauge();
      return flush.close();
    },
  };
}

/** Reports whether this replica counts alone. Returns how to stop that. */
function observeAbsence(redis: Redis): () => void {
  const alone = meter().createObservableGauge("sidecart_rate_limits_alone", {
    description: "1 while Redis is not reachable, so this replica limits rates alone; otherwise 0",
  });
  const observe: ObservableCallback = (result) => result.observe(redis.status === "ready" ? 0 : 1);
  alone.addCallback(observe);
  return () => alone.removeCallback(observe);
}
