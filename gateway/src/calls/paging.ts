import { badFields, defaultPageSize } from "@sidecart/platform/rpc";
import pLimit from "p-limit";
import type { PageRows } from "../cache/pages.ts";
import { positionIn } from "./cursors.ts";

/** Most rows of one call to a service, and most concurrent calls for one field. */
const batchSize = 100;
const parallel = 4;
const maxRows = 1_000;

/** Requests each id once, at most 100 ids a call. The results are in no order. */
export async function inBatches<T>(ids: string[], call: (ids: string[]) => Promise<T[]>): Promise<T[]> {
  const unique = [...new Set(ids)];
  const batches: string[][] = [];
  for (let at = 0; at < unique.length; at += batchSize) batches.push(unique.slice(at, at + batchSize));
  return (await pLimit(parallel).map(batches, call)).flat();
}

/** A page as services accept it: the first rows after a position. */
export type Page = { first: number; after: string };
/** A page as clients request it, with a cursor. */
export type PageInput = { first?: number | null | undefined; after?: string | null | undefined };

/** A page of a list. */
export type Listed<Row> = PageRows<Row> & {
  /** The position of each row, where it does not follow from the row. */
  positions?: readonly string[];
};

/** A row in a list, and its position where that does not follow from the row. */
export type Edge<Row> = { node: Row; position?: string | undefined };

/** The cache key of a page. Absent and null are the same, and differ from every text that a client may send. */
export const pageKey = ({ first, after }: PageInput): string => JSON.stringify([first ?? null, after ?? null]);

/** The page of this request. Refuses a number of rows that is not between 1 and `most`, and what is no cursor. */
export function toPage({ first, after }: PageInput, most: number): Page {
  const size = first ?? defaultPageSize;
  if (size < 1 || size > most) throw badFields([{ field: "first", problem: `must be between 1 and ${most}` }]);
  return { first: size, after: after == null ? "" : positionIn(after) };
}

/** Requests up to 1,000 rows after a cursor, in pages of at most 100. */
export async function inPages<Row>(
  wanted: PageInput,
  call: (page: Page) => Promise<{ rows: Row[]; cursor: string }>,
): Promise<Listed<Row>> {
  const { first, after } = toPage(wanted, maxRows);
  const nodes: Row[] = [];
  let next = after;
  for (;;) {
    const { rows, cursor } = await call({ first: Math.min(batchSize, first - nodes.length), after: next });
    nodes.push(...rows);
    next = cursor;
    if (next === "" || nodes.length >= first) return { nodes, next };
  }
}
