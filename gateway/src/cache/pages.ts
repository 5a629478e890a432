import { LRUCache } from "lru-cache";
import type { Paged } from "../batches.ts";
import type { Soon } from "../reads.ts";
import type { Change, Entries, Moment } from "./entries.ts";
import { bytesOfId, bytesOfNothing } from "./room.ts";

/** Where more rows are missing, the page is asked for anew: that is about as many calls as theirs. */
const mostMissing = 100;
/** A page is found by its key and by its owner. */
const bytesOfPage = 3 * bytesOfNothing;

/** Which page; what is left out and what is null are the same. */
export const nameOf = ({ first, after }: Paged): string => JSON.stringify([first ?? null, after ?? null]);

type Page = { owner: string; ids: readonly string[] };
/** Whose page it is and which; `asker`: whose answers are whose. */
type Asked = { owner: string; page: string; asker: string };

export type PagesOptions<Row> = {
  entries: Entries<Row>;
  /** What all of them may take, without their rows. */
  maxBytes: number;
  maxAgeMs: number;
  /** Whether a change may be one of which rows this owner has, or of their order. */
  touches(change: Change, owner: string): boolean;
};

export type Pages<Row> = {
  /** The rows of a page: from memory, a few that are missing fetched alone, or all of it fetched. */
  rows(asked: Asked, fetchPage: () => Promise<Row[]>, fetchRow: (id: string) => Promise<Row | null>): Soon<Row[]>;
  /** After the entries were told of a change that touches this owner. */
  drop(owner: string): void;
};

/** Pages of lists, kept as the ids of their rows, under the same rule as entries. */
export function createPages<Row extends { id: string }>(options: PagesOptions<Row>): Pages<Row> {
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
  const underWay = new Map<string, { began: Moment; answer: Promise<Row[]> }>();
  const stands = (owner: string, began: Moment) =>
    entries.changesSince(began)?.every((change) => !touches(change, owner)) ?? false;

  async function load({ owner, page }: Asked, began: Moment, fetchPage: () => Promise<Row[]>): Promise<Row[]> {
    const rows = await fetchPage();
    const changes = entries.changesSince(began);
    if (!changes) return rows;
    entries.keep(rows, changes, began);
    if (changes.some((change) => touches(change, owner))) return rows;
    const key = `${owner} ${page}`;
    keysOf.set(owner, (keysOf.get(owner) ?? new Set()).add(key));
    const ids = rows.map(({ id }) => id);
    pages.set(key, { owner, ids }, { start: began.start });
    return rows;
  }

  function share(asked: Asked, fetchPage: () => Promise<Row[]>): Promise<Row[]> {
    const key = `${asked.owner} ${asked.page} ${asked.asker}`;
    const earlier = underWay.get(key);
    if (earlier && stands(asked.owner, earlier.began)) return earlier.answer;
    const began = entries.begin();
    const answer = load(asked, began, fetchPage).finally(() => {
      if (underWay.get(key)?.answer === answer) underWay.delete(key);
    });
    underWay.set(key, { began, answer });
    return answer;
  }

  return {
    rows(asked, fetchPage, fetchRow) {
      const page = pages.get(`${asked.owner} ${asked.page}`);
      if (!page) return share(asked, fetchPage);
      const rows = page.ids.map((id) => entries.known(id));
      const missing = rows.filter((row) => row === undefined).length;
      if (missing > mostMissing) return share(asked, fetchPage);
      if (missing > 0) {
        return Promise.all(rows.map((row, at) => (row === undefined ? fetchRow(page.ids[at] as string) : row))).then(
          present,
        );
      }
      return present(rows as (Row | null)[]);
    },
    drop(owner) {
      for (const key of [...(keysOf.get(owner) ?? [])]) pages.delete(key);
    },
  };
}

const present = <Row>(rows: (Row | null)[]) => rows.filter((row) => row !== null);
