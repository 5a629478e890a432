/** When a fetch began: its position in the journal of changes, and its time. */
export type FetchStart = { position: number; startMs: number };

export type ShareFetch<T> = (
  key: string,
  /** Whether a fetch that started then still reads the current state. */
  isCurrent: (start: FetchStart) => boolean,
  fetch: (start: FetchStart) => Promise<T>,
) => Promise<T>;

/** Callers with the same key share one fetch, until a change makes it stale: then the next caller starts a new one. */
export function createSharedFetches<T>(startFetch: () => FetchStart): ShareFetch<T> {
  const inProgress = new Map<string, { start: FetchStart; result: Promise<T> }>();
  return (key, isCurrent, fetch) => {
    const earlier = inProgress.get(key);
    if (earlier && isCurrent(earlier.start)) return earlier.result;
    const start = startFetch();
    const result = fetch(start).finally(() => {
      if (inProgress.get(key)?.result === result) inProgress.delete(key);
    });
    inProgress.set(key, { start, result });
    return result;
  };
}
