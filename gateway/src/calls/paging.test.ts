import t from "tap";
import { cursorOf } from "./cursors.ts";
import { inBatches, inPages } from "./paging.ts";

const names = (count: number) => Array.from({ length: count }, (_, at) => `id ${at}`);

t.test("each id is read once, at most 100 in a call and 4 calls at a time", async (t) => {
  const calls: string[][] = [];
  let open = 0;
  let most = 0;
  const found = await inBatches([...names(950), ...names(950)], async (ids) => {
    calls.push(ids);
    open += 1;
    most = Math.max(most, open);
    await new Promise(setImmediate);
    open -= 1;
    return ids;
  });
  t.same(found.sort(), names(950).sort());
  t.same(calls.map(({ length }) => length).sort(), [100, 100, 100, 100, 100, 100, 100, 100, 100, 50].sort());
  t.equal(most, 4);
});

t.test("one failed call fails the whole read; without ids there is no call", async (t) => {
  await t.rejects(
    inBatches(names(300), async () => {
      throw new Error("away");
    }),
    { message: "away" },
  );
  t.same(await inBatches([], async () => t.fail("called") as never), []);
});

/** A list with this number of rows, paged as services do. Records the pages that were read. */
function rowsOf(count: number) {
  const ids = names(count);
  const pages: { first: number; after: string }[] = [];
  const ask = async (page: { first: number; after: string }) => {
    pages.push(page);
    const from = page.after === "" ? 0 : ids.indexOf(page.after) + 1;
    const rows = ids.slice(from, from + page.first).map((id) => ({ id }));
    return { rows, cursor: from + page.first < count ? (rows.at(-1)?.id ?? "") : "" };
  };
  return { ask, pages, ids };
}

t.test("a long list is read in pages of 100, each after the last row of the page before", async (t) => {
  const { ask, pages, ids } = rowsOf(1_000);
  const { nodes, next } = await inPages({ first: 250, after: cursorOf("id 9") }, ask);
  t.equal(next, "id 259");
  t.same(
    nodes.map(({ id }) => id),
    ids.slice(10, 260),
  );
  t.same(pages, [
    { first: 100, after: "id 9" },
    { first: 100, after: "id 109" },
    { first: 50, after: "id 209" },
  ]);
});

t.test("no page is read after the last one", async (t) => {
  const { ask, pages } = rowsOf(130);
  t.match(await inPages({ first: 1_000 }, ask), { nodes: { length: 130 }, next: "" });
  t.equal(pages.length, 2);
  const full = rowsOf(200);
  t.match(await inPages({ first: 1_000 }, full.ask), { nodes: { length: 200 }, next: "" });
  t.equal(full.pages.length, 2, "the last page is full");
  const none = rowsOf(0);
  t.same(await inPages({ first: 1_000 }, none.ask), { nodes: [], next: "" });
  t.equal(none.pages.length, 1);
});

t.test(
  "without `first` a page is 20 rows; a number that is not between 1 and 1,000 is refused before a call",
  async (t) => {
    for (const first of [undefined, null]) {
      const { ask, pages } = rowsOf(50);
      t.equal((await inPages({ first, after: null }, ask)).nodes.length, 20);
      t.same(pages, [{ first: 20, after: "" }]);
    }
    const { ask, pages } = rowsOf(50);
    for (const first of [0, -1, 1_001]) {
      const fields = [{ field: "first", problem: "must be between 1 and 1000" }];
      await t.rejects(inPages({ first }, ask), { code: "BAD_INPUT", details: { fields } });
    }
    await t.rejects(inPages({ after: "id 9" }, ask), { code: "BAD_INPUT", details: { fields: [{ field: "after" }] } });
    t.same(pages, []);
  },
);
