/** A page of a list in the order of its ids. The cursor is the last row's id, and empty on the last page. */
export type RowsPage<Row> = { rows: Row[]; cursor: string };

/** Reads one row more than the page holds, which shows whether there is a next page. */
export async function readPage<Row extends { id: string }>(
  size: number,
  read: (rows: number) => Promise<Row[]>,
): Promise<RowsPage<Row>> {
  const found = await read(size + 1);
  const rows = found.slice(0, size);
  return { rows, cursor: found.length > size ? (rows.at(-1)?.id ?? "") : "" };
}
