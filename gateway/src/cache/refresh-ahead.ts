import { rootTrace, withTrace } from "@sidecart/platform/telemetry";

/** An entry that is read in this last share of its life is refreshed. */
const lastShare = 0.3;
/** Refreshes gather for so long, to go in one call; less where entries live shortly. */
const gatherMs = 250;
const gatherShare = 0.05;
/** Refreshes that begin at once. The others wait for the next round, so that they do not delay people's own reads. */
const maxAtOnce = 500;
/** Beyond these an entry expires and is fetched by whoever reads it then. */
const maxQueued = 5_000;

type Fetch = (key: string) => Promise<unknown>;

export type RefreshAheadOptions = {
  maxAgeMs: number;
  /** Until the entry expires; 0 when it is not cached any more. */
  remainingMs(key: string): number;
  /** A refresh begins. */
  onRefresh?(): void;
};

/**
 * Refreshes what is read shortly before it expires, many entries in one call, while reads are still answered from
 * memory. Without it popular entries expire one by one, and for each somebody waits for a call of its own.
 */
export function createRefreshAhead({ maxAgeMs, remainingMs, onRefresh }: RefreshAheadOptions) {
  const queue = new Map<string, Fetch>();
  const lastPartMs = maxAgeMs * lastShare;
  let scheduled = false;

  function refreshSome(): void {
    scheduled = false;
    let begun = 0;
    for (const [key, fetch] of queue) {
      if (begun === maxAtOnce) break;
      queue.delete(key);
      const left = remainingMs(key);
      // It may have been fetched, or invalidated, meanwhile.
      if (left <= 0 || left > lastPartMs) continue;
      begun += 1;
      onRefresh?.();
      // A failure is told to whoever reads the entry after it has expired.
      fetch(key).catch(() => {});
    }
    if (queue.size > 0) schedule();
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    // It belongs to no request, so to no trace.
    withTrace(rootTrace, () => setTimeout(refreshSome, Math.min(gatherMs, maxAgeMs * gatherShare)).unref());
  }

  return {
    /** A cached entry was read. */
    read(key: string, fetch: Fetch): void {
      if (remainingMs(key) > lastPartMs || queue.has(key) || queue.size >= maxQueued) return;
      queue.set(key, fetch);
      schedule();
    },
  };
}
