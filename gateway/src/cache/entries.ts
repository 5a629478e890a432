import { LRUCache } from "lru-cache";
import type { Reads } from "../reads.ts";
import { createFetchAhead } from "./fetch-ahead.ts";
import { createJournal } from "./journal.ts";
import { countCache } from "./metrics.ts";
import { bytesOfNothing } from "./room.ts";

/** What every cache is made with; `timeoutMs`: of a fetch, which is nobody's alone. */
export type CacheOptions = { reads: Reads; maxAgeMs: number; timeoutMs: number };

/** What changed, and where it was nothing but the stock: what that is now, if it is known. */
export type Change = {
  id: string;
  owner: string;
  version: number;
  onlyStock?: { now?: number | undefined } | undefined;
};
/** When a fetch began. */
export type Moment = { heard: number; start: number };

/** Changes that a fetch may have been overtaken by and still be kept. */
const rememberedChanges = 10_000;

export type EntriesOptions<Value> = {
  /** For metrics. */
  name: string;
  /** What all of it may take. */
  maxBytes: number;
  bytesOf(value: Value): number;
  /** An entry lives so long at most, whatever we hear. */
  maxAgeMs: number;
  /** Whether it is kept that there is none, too. */
  keepsMissing: boolean;
  /** The value after a change; undefined when it must be fetched anew. */
  amend(value: Value | null, change: Change): Value | undefined;
};

export type Entries<Value> = {
  /** Undefined: not known. Null: known that there is none. */
  known(id: string): Value | null | undefined;
  begin(): Moment;
  /** Keeps rows that were fetched since `began`, but those that one of the `changes` since has overtaken. */
  keep(rows: readonly (Value & { id: string })[], changes: readonly Change[], began: Moment): void;
  /** Fetches and keeps; who asks for the same key meanwhile gets the same answer, unless something changed in between. */
  fetch(id: string, key: string, ask: () => Promise<Value | null>): Promise<Value | null>;
  /** A known one was answered: it is fetched anew if its time is nearly up. */
  prolong(id: string, fetch: (id: string) => Promise<unknown>): void;
  change(change: Change): void;
  /** What changed since; undefined when that is too long ago to know. */
  changesSince(began: Moment): readonly Change[] | undefined;
};

/**
 * Values by id that are never older than what we heard. A fetch that begins after a change was heard reads what was
 * committed before that, so it may be kept; one that was under way when we heard may have read the state before, so it is
 * answered, since nobody was told of the change before they asked, but not kept. So no older read ever takes the place of
 * a newer one. A change that we never hear of is seen when the entry's time is up.
 */
export function createEntries<Value>(options: EntriesOptions<Value>): Entries<Value> {
  const { name, maxBytes, maxAgeMs, bytesOf, keepsMissing, amend } = options;
  const journal = createJournal<Change>(rememberedChanges);
  const entries = new LRUCache<string, { value: Value | null }>({
    maxSize: maxBytes,
    sizeCalculation: ({ value }) => (value === null ? bytesOfNothing : bytesOf(value)),
    ttl: maxAgeMs,
  });
  const underWay = new Map<string, { began: Moment; answer: Promise<Value | null> }>();
  const counts = countCache(name, () => entries.size);
  const ahead = createFetchAhead({
    maxAgeMs,
    remainingMs: (id) => entries.getRemainingTTL(id),
    onFetch: () => {
      counts.ahead += 1;
    },
  });

  const begin = (): Moment => ({ heard: journal.now(), start: performance.now() });
  const changesOf = (id: string, began: Moment) => journal.since(began.heard)?.filter((change) => change.id === id);

  /** `changes`: those of this id since; undefined when they are not known. */
  function keepOne(id: string, value: Value | null, changes: readonly Change[] | undefined, began: Moment): void {
    if (!changes || (value === null && !keepsMissing)) return;
    let kept: Value | null | undefined = value;
    for (const change of changes) kept = kept === undefined ? undefined : amend(kept, change);
    if (kept !== undefined) entries.set(id, { value: kept }, { start: began.start });
  }

  return {
    known(id) {
      const entry = entries.get(id);
      if (entry) counts.hits += 1;
      else counts.misses += 1;
      return entry?.value;
    },
    begin,
    keep(rows, changes, began) {
      const byId = Map.groupBy(changes, ({ id }) => id);
      for (const row of rows) keepOne(row.id, row, byId.get(row.id) ?? [], began);
    },
    fetch(id, key, ask) {
      const earlier = underWay.get(key);
      if (earlier && changesOf(id, earlier.began)?.length === 0) return earlier.answer;
      const began = begin();
      const answer = ask()
        .then((value) => {
          keepOne(id, value, changesOf(id, began), began);
          return value;
        })
        .finally(() => {
          if (underWay.get(key)?.answer === answer) underWay.delete(key);
        });
      underWay.set(key, { began, answer });
      return answer;
    },
    prolong: ahead.asked,
    change(change) {
      journal.note(change);
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
