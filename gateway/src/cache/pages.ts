import { LRUCache } from "lru-cache";
import type { Change } from "./changes.ts";
import type { Entries } from "./entries.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import { bytesOfEntry, bytesOfId } from "./memory-budget.ts";
import { createSharedFetches, type FetchStart } from "./shared-fetches.ts";
import { keepsStale, orStale, peekStale } from "./stale.ts";

/** With more missing rows we fetch the whole page again, in about as many calls as its rows would take one by one. */
const maxMissingRows = 100;
/** A page is stored by its key and by its owner. */
const bytesOfPage = 3 * bytesOfEntry;

type Page = { owner: string; ids: readonly string[]; next: string };
/** The rows of a page. */
export type PageRows<Row> = {
  nodes: Row[];
  /** The position after which the next page starts; empty on the last page. */
  next: string;
};

type PageRequest<Row> = {
  /** The owner of the list. */
  owner: string;
  /** Which page of the list; also names the viewer, where viewers get different rows. */
  page: string;
  /** Callers with the same text share a fetch in progress. */
  caller: string;
  /** Whether the viewer may see a cached row. A row that is not visible is fetched again. Absent: all rows are visible. */
  isVisible?(row: Row): boolean;
  /** Whether the viewer may see a stale row while the service is not reachable. Absent: all rows may be seen. */
  maySee?(row: Row): boolean;
};
type FetchPage<Row> = (start: FetchStart) => Promise<PageRows<Row>>;

export type PagesOptions<Row, C extends Change> = {
  entries: Entries<Row, C>;
  /** Memory for all pages, without their rows. */
  maxBytes: number;
  maxAgeMs: number;
  /** Whether a change may alter the rows of this owner's list, or their order. */
  touches(change: C, owner: string): boolean;
};

export type Pages<Row> = {
  /** The rows of a page. If the page is cached and a few rows are missing or not visible, only these are fetched. */
  rows(
    request: PageRequest<Row>,
    fetchPage: FetchPage<Row>,
    fetchRow: (id: string) => Promise<Row | null>,
  ): MaybePromise<PageRows<Row>>;
  /** Deletes the owner's pages. Call it after `entries.apply()` of a change that touches the owner's lists. */
  deleteOf(owner: string): void;
};

/**
 * Pages of lists, cached as the ids of their rows. Like entries they are never older than the last change that arrived.
 */
export function createPages<Row extends { id: string }, C extends Change = Change>(
  options: PagesOptions<Row, C>,
): Pages<Row> {
  const { entries, touches } = options;
  const pages = createPageStore(options);
  const share = createSharedFetches<PageRows<Row>>(entries.startFetch);
  const isCurrent = (owner: string, start: FetchStart) =>
    entries.changesSince(start)?.every((change) => !touches(change, owner)) ?? false;

  async function fetchAndCache({ owner, page }: PageRequest<Row>, start: FetchStart, fetchPage: FetchPage<Row>) {
    const listed = await fetchPage(start);
    const { nodes, next } = listed;
    const changes = entries.changesSince(start);
    if (!changes) return listed;
    entries.setAll(nodes, changes, start);
    if (changes.some((change) => touches(change, owner))) return listed;
    const ids = nodes.map(({ id }) => id);
    pages.set(page, { owner, ids, next }, start);
    return listed;
  }

  function fetch(request: PageRequest<Row>, fetchPage: FetchPage<Row>): Promise<PageRows<Row>> {
    const { owner, page, caller } = request;
    return share(
      `${owner} ${page} ${caller}`,
      (start) => isCurrent(owner, start),
      (start) => orStale(fetchAndCache(request, start, fetchPage), () => stale(request)),
    );
  }

  /** The page as it was, if all its rows are still in memory. */
  function stale({ owner, page, maySee }: PageRequest<Row>): PageRows<Row> | undefined {
    const found = pages.stale(owner, page);
    const nodes = found?.ids.map((id) => entries.stale(id, maySee));
    return found && nodes?.every((row) => row !== undefined) ? { nodes, next: found.next } : undefined;
  }

  return {
    rows(request, fetchPage, fetchRow) {
      const found = pages.get(request.owner, request.page);
      if (!found) return fetch(request, fetchPage);
      const { ids, next } = found;
      const rows = ids.map((id) => entries.get(id, request.isVisible));
      const missing = rows.filter((row) => row === undefined).length;
      if (missing > maxMissingRows) return fetch(request, fetchPage);
      if (missing === 0) return { nodes: existing(rows as (Row | null)[]), next };
      return Promise.all(rows.map((row, at) => (row === undefined ? fetchRow(ids[at] as string) : row))).then(
        (fetched) => ({ nodes: existing(fetched), next }),
      );
    },
    deleteOf: pages.deleteOf,
  };
}

/** The ids of each page, and the position after it. Pages are also found by owner, to delete all pages of one. */
function createPageStore({ maxBytes, maxAgeMs }: { maxBytes: number; maxAgeMs: number }) {
  const keysOf = new Map<string, Set<string>>();
  const pages = new LRUCache<string, Page>({
    maxSize: maxBytes,
    sizeCalculation: ({ ids }) => bytesOfPage + (ids.length + 1) * bytesOfId,
    ttl: maxAgeMs,
    ...keepsStale,
    noDisposeOnSet: true,
    dispose({ owner }, key) {
      const keys = keysOf.get(owner);
      keys?.delete(key);
      if (keys?.size === 0) keysOf.delete(owner);
    },
  });
  return {
    get: (owner: string, page: string) => pages.get(`${owner} ${page}`),
    stale: (owner: string, page: string) => peekStale(pages, `${owner} ${page}`),
    set(name: string, page: Page, { startMs }: FetchStart): void {
      const { owner } = page;
      const key = `${owner} ${name}`;
      keysOf.set(owner, (keysOf.get(owner) ?? new Set()).add(key));
      pages.set(key, page, { start: startMs });
    },
    deleteOf(owner: string): void {
      for (const key of [...(keysOf.get(owner) ?? [])]) pages.delete(key);
    },
  };
}

const existing = <Row>(rows: (Row | null)[]) => rows.filter((row) => row !== null);
