/** Of a life: who asks for something in that last part of it wants it to go on. */
const lastPart = 0.3;
/** Of a life: fetches are gathered for so long, to go together. */
const gathering = 0.05;
/** Fetches that begin at once; the others wait for the next time, so as not to stand in the way of people who wait. */
const most = 500;

type Fetch = () => Promise<unknown>;

/**
 * Fetches anew what is asked for shortly before its time is up, much of it in one go, while it is still answered from
 * memory. Otherwise what many people ask for ends bit by bit, and for each bit somebody waits for a call of its own.
 */
export function createAhead(maxAgeMs: number) {
  const queue = new Map<string, Fetch>();
  let waiting = false;

  function flush(): void {
    waiting = false;
    for (const [key, fetch] of [...queue].slice(0, most)) {
      queue.delete(key);
      // whoever asks after its time is told what is wrong
      fetch().catch(() => {});
    }
    if (queue.size > 0) start();
  }

  function start(): void {
    if (waiting) return;
    waiting = true;
    setTimeout(flush, maxAgeMs * gathering).unref();
  }

  return {
    /** Somebody was answered from memory what has so long to live. */
    answered(key: string, remainingMs: number, fetch: Fetch): void {
      if (remainingMs > maxAgeMs * lastPart || queue.has(key)) return;
      queue.set(key, fetch);
      start();
    },
  };
}
