import { rootTrace, withTrace } from "@sidecart/platform/telemetry";

/** Of a life: who asks for something in that last part of it wants it to go on. */
const lastShare = 0.3;
/** Fetches are gathered for so long, to go together; less where lives are short. */
const gatherMs = 250;
const gatherShare = 0.05;
/** Fetches that begin at once; the others wait for the next time, so as not to stand in the way of people who wait. */
const mostAtOnce = 500;
/** What is beyond that ends and is fetched by whoever asks then. */
const mostQueued = 5_000;

type Fetch = (key: string) => Promise<unknown>;

export type FetchAheadOptions = {
  maxAgeMs: number;
  /** How long something may still be answered; 0 when it is not known any more. */
  remainingMs(key: string): number;
  /** A fetch begins. */
  onFetch?(): void;
};

/**
 * Fetches anew what is asked for shortly before its time is up, much of it in one go, while it is still answered from
 * memory. Otherwise what many people ask for ends bit by bit, and for each bit somebody waits for a call of its own.
 */
export function createFetchAhead({ maxAgeMs, remainingMs, onFetch }: FetchAheadOptions) {
  const queue = new Map<string, Fetch>();
  const lastPartMs = maxAgeMs * lastShare;
  let waiting = false;

  function fetchSome(): void {
    waiting = false;
    let begun = 0;
    for (const [key, fetch] of queue) {
      if (begun === mostAtOnce) break;
      queue.delete(key);
      const left = remainingMs(key);
      // it may have been fetched, or forgotten, meanwhile
      if (left <= 0 || left > lastPartMs) continue;
      begun += 1;
      onFetch?.();
      // whoever asks after its time is told what is wrong
      fetch(key).catch(() => {});
    }
    if (queue.size > 0) gather();
  }

  function gather(): void {
    if (waiting) return;
    waiting = true;
    // nobody's request: it belongs to no trace
    withTrace(rootTrace, () => setTimeout(fetchSome, Math.min(gatherMs, maxAgeMs * gatherShare)).unref());
  }

  return {
    /** Somebody was answered from memory. */
    asked(key: string, fetch: Fetch): void {
      if (remainingMs(key) > lastPartMs || queue.has(key) || queue.size >= mostQueued) return;
      queue.set(key, fetch);
      gather();
    },
  };
}
