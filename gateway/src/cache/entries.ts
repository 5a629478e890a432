import { LRUCache } from "lru-cache";
import type { Change } from "./changes.ts";
import { createJournal } from "./journal.ts";
import { bytesOfEntry } from "./memory-budget.ts";
import { countCache } from "./metrics.ts";
import { createRefreshAhead } from "./refresh-ahead.ts";

/** When a fetch began: its place in the journal of changes, and its time. */
export type FetchStart = { heard: number; startMs: number };

/** A fetch is cached if at most so many changes were heard while it was under way. */
const journalCapacity = 10_000;

export type EntriesOptions<Value, C extends Change> = {
  /** The label of its metrics. */
  name: string;
  maxBytes: number;
  bytesOf(value: Value): number;
  /** An entry expires after so long, whatever changes are heard. */
  maxAgeMs: number;
  /** Whether to cache that an id does not exist. */
  cachesMissing: boolean;
  /** The value after a change; undefined when it must be fetched again. */
  amend(value: Value | null, change: C): Value | undefined;
};

export type Entries<Value, C extends Change> = {
  /** The cached value; null when the id is known not to exist; undefined when it is not cached or not visible. */
  get(id: string, isVisible?: (value: Value) => boolean): Value | null | undefined;
  startFetch(): FetchStart;
  /** Caches the rows of a fetch. `changes` are those heard since it started; a row that one overtook is left out. */
  setAll(rows: readonly (Value & { id: string })[], changes: readonly C[], start: FetchStart): void;
  /**
   * Fetches and caches. Callers with the same key share a fetch under way, unless a change of the id was heard since it
   * started. `load` gets the start of the fetch that it is called for.
   */
  fetch(id: string, key: string, load: (start: FetchStart) => Promise<Value | null>): Promise<Value | null>;
  /** A cached value was read: fetches it again in the background if it expires soon. */
  refresh(id: string, fetch: (id: string) => Promise<unknown>): void;
  apply(change: C): void;
  /** The changes since a fetch started; undefined when that is too long ago to know. */
  changesSince(start: FetchStart): readonly C[] | undefined;
};

/**
 * Values by id that are never older than the last change that was heard. A fetch that starts after a change was heard
 * reads what was committed before the change was told, so it may be cached. A fetch that was under way when a change of
 * its id was heard may have read the state before: its callers are answered, but it is not cached. So no older read ever
 * replaces a newer one. A change that is never heard is seen when the entry expires.
 */
export function createEntries<Value, C extends Change = Change>(options: EntriesOptions<Value, C>): Entries<Value, C> {
  const { name, maxBytes, maxAgeMs, bytesOf, cachesMissing, amend } = options;
  const journal = createJournal<C>(journalCapacity);
  const entries = new LRUCache<string, { value: Value | null }>({
    maxSize: maxBytes,
    sizeCalculation: ({ value }) => (value === null ? bytesOfEntry : bytesOf(value)),
    ttl: maxAgeMs,
  });
  const underWay = new Map<string, { start: FetchStart; answer: Promise<Value | null> }>();
  const counts = countCache(name, () => entries.size);
  const refreshAhead = createRefreshAhead({
    maxAgeMs,
    remainingMs: (id) => entries.getRemainingTTL(id),
    onRefresh: () => {
      counts.refreshes += 1;
    },
  });

  const startFetch = (): FetchStart => ({ heard: journal.now(), startMs: performance.now() });
  const changesOf = (id: string, start: FetchStart) => journal.since(start.heard)?.filter((change) => change.id === id);

  /** `changes`: those of this id since the fetch started; undefined when they are not known. */
  function set(id: string, fetched: Value | null, changes: readonly C[] | undefined, { startMs }: FetchStart): void {
    if (!changes || (fetched === null && !cachesMissing)) return;
    let value: Value | null | undefined = fetched;
    for (const change of changes) value = value === undefined ? undefined : amend(value, change);
    if (value !== undefined) entries.set(id, { value }, { start: startMs });
  }

  function fetch(id: string, key: string, load: (start: FetchStart) => Promise<Value | null>): Promise<Value | null> {
    const earlier = underWay.get(key);
    if (earlier && changesOf(id, earlier.start)?.length === 0) return earlier.answer;
    const start = startFetch();
    const answer = load(start)
      .then((value) => {
        set(id, value, changesOf(id, start), start);
        return value;
      })
      .finally(() => {
        if (underWay.get(key)?.answer === answer) underWay.delete(key);
      });
    underWay.set(key, { start, answer });
    return answer;
  }

  return {
    get(id, isVisible) {
      const value = entries.get(id)?.value;
      const visible = value === undefined || value === null || !isVisible || isVisible(value) ? value : undefined;
      if (visible === undefined) counts.misses += 1;
      else counts.hits += 1;
      return visible;
    },
    startFetch,
    setAll(rows, changes, start) {
      const byId = Map.groupBy(changes, ({ id }) => id);
      for (const row of rows) set(row.id, row, byId.get(row.id) ?? [], start);
    },
    fetch,
    refresh: refreshAhead.read,
    apply(change) {
      journal.add(change);
      const entry = entries.peek(change.id);
      if (!entry) return;
      const amended = amend(entry.value, change);
      if (amended === undefined) entries.delete(change.id);
      else entry.value = amended;
      counts.invalidations += 1;
    },
    changesSince: ({ heard }) => journal.since(heard),
  };
}
