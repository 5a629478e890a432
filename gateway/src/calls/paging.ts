import { AppError, commonErrors } from "@sidecart/platform/rpc";
import pLimit from "p-limit";

/** Most rows of one call to a service, and most concurrent calls for one field. */
const batchSize = 100;
const parallel = 4;
const maxRows = 1_000;
const defaultRows = 20;

/** Requests each id once, at most 100 ids a call. The results are in no order. */
export async function inBatches<T>(ids: string[], call: (ids: string[]) => Promise<T[]>): Promise<T[]> {
  const unique = [...new Set(ids)];
  const batches: string[][] = [];
  for (let at = 0; at < unique.length; at += batchSize) batches.push(unique.slice(at, at + batchSize));
  return (await pLimit(parallel).map(batches, call)).flat();
}

/** A page as services accept it: the first rows after an id. */
export type Page = { first: number; after: string };
/** A page as clients request it. */
export type PageInput = { first?: number | null | undefined; after?: string | null | undefined };

/** The cache key of a page. Absent and null are the same, and differ from every text that a client may send. */
export const pageKey = ({ first, after }: PageInput): string => JSON.stringify([first ?? null, after ?? null]);

/** Requests up to 1,000 rows after an id, in pages of at most 100. Ids are cursors. */
export async function inPages<T extends { id: string }>(
  wanted: PageInput,
  call: (page: Page) => Promise<T[]>,
): Promise<T[]> {
  const first = wanted.first ?? defaultRows;
  if (first > maxRows) throw new AppError(commonErrors.invalid, { message: `first: at most ${maxRows}` });
  const rows: T[] = [];
  let after = wanted.after ?? "";
  for (;;) {
    const size = Math.min(batchSize, first - rows.length);
    const page = await call({ first: size, after });
    rows.push(...page);
    after = page.at(-1)?.id ?? "";
    if (page.length < size || rows.length >= first) return rows;
  }
}
