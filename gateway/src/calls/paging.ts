import { AppError, commonErrors } from "@sidecart/platform/rpc";

/** What services accept in one call, and how many calls one field has open at a time. */
const batchSize = 100;
const parallel = 4;
const maxRows = 1_000;
const defaultRows = 20;

/** Calls for each id once, at most 100 ids a call; the results come in no order. */
export async function inBatches<T>(ids: string[], call: (ids: string[]) => Promise<T[]>): Promise<T[]> {
  const unique = [...new Set(ids)];
  const batches: string[][] = [];
  for (let at = 0; at < unique.length; at += batchSize) batches.push(unique.slice(at, at + batchSize));
  const found: T[] = [];
  const work = async () => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) found.push(...(await call(batch)));
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return found;
}

/** A page as services take it: so many rows after one id. */
export type Page = { first: number; after: string };
/** A page as clients ask for it: each part absent, null or given. */
export type PageInput = { first?: number | null | undefined; after?: string | null | undefined };

/** One text for one page: absent and null are the same, and differ from every text that a client may send. */
export const pageKey = ({ first, after }: PageInput): string => JSON.stringify([first ?? null, after ?? null]);

/** The first 1 to 1,000 rows after one id, in pages of at most 100; ids are cursors. */
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
