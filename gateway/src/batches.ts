import { AppError, commonErrors } from "@sidecart/platform/rpc";

/** What services accept in one call, and how many calls one field has open at a time. */
const batchSize = 100;
const parallel = 4;
const maxRows = 1_000;

/** Asks for each id once, in calls of at most 100 ids; the answers in no order. */
export async function inBatches<T>(ids: string[], ask: (ids: string[]) => Promise<T[]>): Promise<T[]> {
  const unique = [...new Set(ids)];
  const batches: string[][] = [];
  for (let at = 0; at < unique.length; at += batchSize) batches.push(unique.slice(at, at + batchSize));
  const found: T[] = [];
  const work = async () => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) found.push(...(await ask(batch)));
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return found;
}

export type Page = { first: number; after: string };
/** As a client may give it: absent, null or a value. */
export type Paged = { first?: number | null; after?: string | null };

/** The first 1 to 1,000 rows after one id, in pages of at most 100; ids are cursors. */
export async function inPages<T extends { id: string }>(
  wanted: Paged,
  ask: (page: Page) => Promise<T[]>,
): Promise<T[]> {
  const first = wanted.first ?? 20;
  if (first > maxRows) throw new AppError(commonErrors.invalid, { message: `first: at most ${maxRows}` });
  const rows: T[] = [];
  let after = wanted.after ?? "";
  for (;;) {
    const size = Math.min(batchSize, first - rows.length);
    const page = await ask({ first: size, after });
    rows.push(...page);
    after = page.at(-1)?.id ?? "";
    if (page.length < size || rows.length >= first) return rows;
  }
}
