import t from "tap";
import { readPage } from "./paging.ts";

const rows = (count: number) => Array.from({ length: count }, (_, at) => ({ id: `id ${at}` }));

t.test("a page has a cursor only when more rows follow, also when it is full", async (t) => {
  for (const [stored, cursor] of [
    [0, ""],
    [2, ""],
    [3, ""],
    [4, "id 2"],
    [9, "id 2"],
  ] as const) {
    const asked: number[] = [];
    const page = await readPage(3, async (count) => {
      asked.push(count);
      return rows(Math.min(stored, count));
    });
    t.same(page, { rows: rows(Math.min(stored, 3)), cursor }, `${stored} rows`);
    t.same(asked, [4]);
  }
});
