import { LRUCache } from "lru-cache";
import type { Change } from "./changes.ts";
import { createJournal } from "./journal.ts";
import { bytesOfEntry } from "./memory-budget.ts";
import { countCache } from "./metrics.ts";
import { createRefreshAhead } from "./refresh-ahead.ts";
import { createSharedFetches, type FetchStart } from "./shared-fetches.ts";
import { keepsStale, orStale, peekStale } from "./stale.ts";

/** The result of a fetch is cached if at most this many changes arrived while the fetch was in progress. */
const journalCapacity = 10_000;

export type EntriesOptions<Value, C extends Change> = {
  /** The label of its metrics. */
  name: string;
  maxBytes: number;
  bytesOf(value: Value): number;
  /** An entry expires after this time even if no change arrives. */
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
  /**
   * Caches the rows of a fetch. `changes` are those since it started. A row is left out when a change made it stale.
   */
  setAll(rows: readonly (Value & { id: string })[], changes: readonly C[], start: FetchStart): void;
  /**
   * Fetches and caches. Callers with the same key share a fetch, unless a change of the id arrived since it started.
   * While the service is not reachable, the result is the stale value, if there is one and `maySee` allows it: the same
   * for all callers with the key.
   */
  fetch(
    id: string,
    key: string,
    load: (start: FetchStart) => Promise<Value | null>,
    maySee?: (value: Value) => boolean,
  ): Promise<Value | null>;
  /** The value even if it has expired, for a service that is not reachable; undefined when there is none. */
  stale(id: string, maySee?: (value: Value) => boolean): Value | undefined;
  /** Call it after a cache hit: it fetches the value again in the background if the entry expires soon. */
  refresh(id: string, fetch: (id: string) => Promise<unknown>): void;
  apply(change: C): void;
  /** The changes since a fetch started; undefined when the journal no longer has all of them. */
  changesSince(start: FetchStart): readonly C[] | undefined;
};

/**
 * Values by id that are never older than the last change that arrived. Services commit a change before they announce
 * it, so a fetch that starts after the announcement reads the new state and may be cached. A fetch that is in progress
 * when a change of its id arrives may have read the old state: its callers get the result, but it is not cached. A
 * change that never arrives becomes visible when the entry expires. An expired entry stays in memory for an outage of
 * its service, and changes apply to it as well.
 */
export function createEntries<Value, C extends Change = Change>(options: EntriesOptions<Value, C>): Entries<Value, C> {
  const journal = createJournal<C>(journalCapacity);
  const store = createStore(options);
  const { entries } = store;
  const counts = countCache(options.name, () => entries.size);
  const refreshAhead = createRefreshAhead({
    maxAgeMs: options.maxAgeMs,
    remainingMs: (id) => entries.getRemainingTTL(id),
    onRefresh: () => {
      counts.refreshes += 1;
    },
  });
  const startFetch = (): FetchStart => ({ position: journal.now(), startMs: performance.now() });
  const share = createSharedFetches<Value | null>(startFetch);
  const changesOf = (id: string, start: FetchStart) =>
    journal.since(start.position)?.filter((change) => change.id === id);

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
      for (const row of rows) store.set(row.id, row, byId.get(row.id) ?? [], start);
    },
    fetch(id, key, load, maySee) {
      const isCurrent = (start: FetchStart) => changesOf(id, start)?.length === 0;
      const fetch = async (start: FetchStart) => {
        const value = await load(start);
        const changes = changesOf(id, start);
        if (changes) store.set(id, value, changes, start);
        return value;
      };
      return share(key, isCurrent, (start) => orStale(fetch(start), () => store.stale(id, maySee)));
    },
    stale: store.stale,
    refresh: refreshAhead.read,
    apply(change) {
      journal.add(change);
      if (store.apply(change)) counts.invalidations += 1;
    },
    changesSince: ({ position }) => journal.since(position),
  };
}

/** The entries in memory. Changes amend or delete them. */
function createStore<Value, C extends Change>(options: EntriesOptions<Value, C>) {
  const { maxBytes, maxAgeMs, bytesOf, cachesMissing, amend } = options;
  const entries = new LRUCache<string, { value: Value | null }>({
    maxSize: maxBytes,
    sizeCalculation: ({ value }) => (value === null ? bytesOfEntry : bytesOf(value)),
    ttl: maxAgeMs,
    ...keepsStale,
  });
  return {
    entries,
    /** `changes`: those of this id since the fetch started. */
    set(id: string, fetched: Value | null, changes: readonly C[], { startMs }: FetchStart): void {
      if (fetched === null && !cachesMissing) return;
      let value: Value | null | undefined = fetched;
      for (const change of changes) value = value === undefined ? undefined : amend(value, change);
      if (value !== undefined) entries.set(id, { value }, { start: startMs });
    },
    stale(id: string, maySee: (value: Value) => boolean = () => true): Value | undefined {
      const { value } = peekStale(entries, id) ?? { value: null };
      return value !== null && maySee(value) ? value : undefined;
    },
    /** Whether the value was cached. */
    apply(change: C): boolean {
      const entry = entries.peek(change.id, { allowStale: true });
      if (!entry) return false;
      const amended = amend(entry.value, change);
      if (amended === undefined) entries.delete(change.id);
      else entry.value = amended;
      return true;
    },
  };
}
