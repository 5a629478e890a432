import { rootTrace, withTrace } from "@sidecart/platform/telemetry";

/** An entry is refreshed when it is read in this last share of its lifetime. */
const lastShare = 0.3;
/** Refreshes are collected for this time and sent in one call; for a shorter time where entries live shortly. */
const gatherMs = 250;
const gatherShare = 0.05;
/** Refreshes that start in one round. The others wait for the next round, so that they do not delay callers' reads. */
const maxAtOnce = 500;
/** With more entries queued, further ones expire, and the next reader fetches them. */
const maxQueued = 5_000;

type Fetch = (key: string) => Promise<unknown>;

export type RefreshAheadOptions = {
  maxAgeMs: number;
  /** Time until the entry expires; 0 when it is not cached. */
  remainingMs(key: string): number;
  /** Called when a refresh starts. */
  onRefresh?(): void;
};

/**
 * Refreshes entries that are read shortly before they expire, many in one call, while reads still hit the cache.
 * Without it popular entries expire one by one, and a caller waits for a call for each.
 */
export function createRefreshAhead({ maxAgeMs, remainingMs, onRefresh }: RefreshAheadOptions) {
  const queue = new Map<string, Fetch>();
  const lastPartMs = maxAgeMs * lastShare;
  let scheduled = false;

  function refreshSome(): void {
    scheduled = false;
    let started = 0;
    for (const [key, fetch] of queue) {
      if (started === maxAtOnce) break;
      queue.delete(key);
      const left = remainingMs(key);
      // The entry may have been fetched or invalidated meanwhile.
      if (left <= 0 || left > lastPartMs) continue;
      started += 1;
      onRefresh?.();
      // Ignored: the entry expires, and the next reader fetches it and gets the error.
      fetch(key).catch(() => {});
    }
    if (queue.size > 0) schedule();
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    // A refresh belongs to no request and so to no trace.
    withTrace(rootTrace, () => setTimeout(refreshSome, Math.min(gatherMs, maxAgeMs * gatherShare)).unref());
  }

  return {
    /** Call it when a cached entry was read. */
    read(key: string, fetch: Fetch): void {
      if (remainingMs(key) > lastPartMs || queue.has(key) || queue.size >= maxQueued) return;
      queue.set(key, fetch);
      schedule();
    },
  };
}
