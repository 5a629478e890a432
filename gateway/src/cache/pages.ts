import { LRUCache } from "lru-cache";
import type { Change } from "./changes.ts";
import type { Entries, FetchStart } from "./entries.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import { bytesOfEntry, bytesOfId } from "./memory-budget.ts";

/** With more missing rows the page is fetched again: that takes about as many calls as fetching its rows one by one. */
const maxMissingRows = 100;
/** A page is found by its key and by its owner. */
const bytesOfPage = 3 * bytesOfEntry;

type Page = { owner: string; ids: readonly string[] };
type PageRequest = {
  /** Whose list it is. */
  owner: string;
  /** Which page of it, and for whom if not every viewer gets the same rows. */
  page: string;
  /** Callers of one name share a fetch that is under way. */
  caller: string;
};

export type PagesOptions<Row, C extends Change> = {
  entries: Entries<Row, C>;
  /** For all pages, without their rows. */
  maxBytes: number;
  maxAgeMs: number;
  /** Whether a change may alter which rows this owner's list has, or their order. */
  touches(change: C, owner: string): boolean;
};

export type Pages<Row> = {
  /** The rows of a page: cached; or cached but for a few, which are fetched one by one; or all fetched. */
  rows(
    request: PageRequest,
    fetchPage: (start: FetchStart) => Promise<Row[]>,
    fetchRow: (id: string) => Promise<Row | null>,
  ): MaybePromise<Row[]>;
  /** Call it after the entries were told of a change that touches this owner's lists. */
  deleteOf(owner: string): void;
};

/** Pages of lists, cached as the ids of their rows, under the same rule as entries. */
export function createPages<Row extends { id: string }, C extends Change = Change>(
  options: PagesOptions<Row, C>,
): Pages<Row> {
  const { entries, maxBytes, maxAgeMs, touches } = options;
  const keysOf = new Map<string, Set<string>>();
  const pages = new LRUCache<string, Page>({
    maxSize: maxBytes,
    sizeCalculation: ({ ids }) => bytesOfPage + ids.length * bytesOfId,
    ttl: maxAgeMs,
    noDisposeOnSet: true,
    dispose({ owner }, key) {
      const keys = keysOf.get(owner);
      keys?.delete(key);
      if (keys?.size === 0) keysOf.delete(owner);
    },
  });
  const underWay = new Map<string, { start: FetchStart; answer: Promise<Row[]> }>();
  const isUntouched = (owner: string, start: FetchStart) =>
    entries.changesSince(start)?.every((change) => !touches(change, owner)) ?? false;

  type Fetch = (start: FetchStart) => Promise<Row[]>;

  async function fetchAndCache({ owner, page }: PageRequest, start: FetchStart, fetchPage: Fetch): Promise<Row[]> {
    const rows = await fetchPage(start);
    const changes = entries.changesSince(start);
    if (!changes) return rows;
    entries.setAll(rows, changes, start);
    if (changes.some((change) => touches(change, owner))) return rows;
    const key = `${owner} ${page}`;
    keysOf.set(owner, (keysOf.get(owner) ?? new Set()).add(key));
    const ids = rows.map(({ id }) => id);
    pages.set(key, { owner, ids }, { start: start.startMs });
    return rows;
  }

  function share(request: PageRequest, fetchPage: Fetch): Promise<Row[]> {
    const key = `${request.owner} ${request.page} ${request.caller}`;
    const earlier = underWay.get(key);
    if (earlier && isUntouched(request.owner, earlier.start)) return earlier.answer;
    const start = entries.startFetch();
    const answer = fetchAndCache(request, start, fetchPage).finally(() => {
      if (underWay.get(key)?.answer === answer) underWay.delete(key);
    });
    underWay.set(key, { start, answer });
    return answer;
  }

  return {
    rows(request, fetchPage, fetchRow) {
      const page = pages.get(`${request.owner} ${request.page}`);
      if (!page) return share(request, fetchPage);
      const rows = page.ids.map((id) => entries.get(id));
      const missing = rows.filter((row) => row === undefined).length;
      if (missing > maxMissingRows) return share(request, fetchPage);
      if (missing > 0) {
        const fetched = rows.map((row, at) => (row === undefined ? fetchRow(page.ids[at] as string) : row));
        return Promise.all(fetched).then(existing);
      }
      return existing(rows as (Row | null)[]);
    },
    deleteOf(owner) {
      for (const key of [...(keysOf.get(owner) ?? [])]) pages.delete(key);
    },
  };
}

const existing = <Row>(rows: (Row | null)[]) => rows.filter((row) => row !== null);
