import type { Test } from "tap";
import type { SearchDocument } from "../document.ts";
import type { Sort } from "../requests.ts";
import { bulk, type Context, fill, product, search, upsert } from "./context.ts";

const names = [
  "apple",
  "Äpfel",
  "banana",
  "Zebra",
  "zebra",
  "😀 smile",
  "ﬀ ligature",
  "豆",
  "\u{1d518} letter",
  "\ue000 private",
];

/** Every sort key has many ties, so that only the id decides the order. */
const documents: SearchDocument[] = Array.from({ length: 60 }, (_, at) =>
  product({
    id: `${at % 2 ? "b" : "B"}-${(at * 37) % 60}`,
    name: `${names[at % names.length]}`,
    description: "shared words",
    price: (at % 4) * 250,
    createdAt: `2026-01-0${(at % 3) + 1}T00:00:00${at % 2 ? "Z" : "+00:00"}`,
  }),
);

// An independent implementation of the order: bytes of the folded text in UTF-8, the id as the tie-break.
const bytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const folded = ({ name }: SearchDocument) => name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const byId = (a: SearchDocument, b: SearchDocument) => bytes(a.id, b.id);
const expected: Record<Sort, (a: SearchDocument, b: SearchDocument) => number> = {
  relevance: byId,
  "price-asc": (a, b) => a.price - b.price || byId(a, b),
  "price-desc": (a, b) => b.price - a.price || byId(a, b),
  newest: (a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt) || byId(a, b),
  name: (a, b) => bytes(folded(a), folded(b)) || byId(a, b),
};

type Fields = { first: number; [field: string]: unknown };

/** What all pages hold, one after another. */
async function idsOfPages({ client }: Context, index: string, fields: Fields): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const page = await search(client, index, { ...fields, ...(after && { after }) });
    ids.push(...page.ids);
    if (page.ids.length > fields.first || ids.length > documents.length) throw new Error("pages do not end");
    after = page.cursor;
  }
  return ids;
}

export async function pagingTests(t: Test, context: Context): Promise<void> {
  const { client } = context;
  const index = await context.newIndex();
  await fill(context, index, documents);
  const walk = (fields: Fields) => idsOfPages(context, index, fields);

  for (const sort of Object.keys(expected) as Sort[]) {
    t.test(`pages sorted by ${sort} neither repeat nor skip a document`, async (t) => {
      const ids = documents.toSorted(expected[sort]).map(({ id }) => id);
      for (const first of [1, 7, 60, 100]) t.same(await walk({ sort, first }), ids, `${first} at a time`);
    });
  }

  t.test("pages of a query sorted by relevance neither repeat nor skip a document", async (t) => {
    const ids = await walk({ sort: "relevance", query: "shared word", first: 7 });
    t.same(ids.toSorted(), documents.map(({ id }) => id).toSorted());
    t.same(ids, (await search(client, index, { query: "shared word", first: 60 })).ids);
  });

  t.test("the last page has no cursor, even when it is full", async (t) => {
    t.equal((await search(client, index, { first: 60 })).cursor, null);
    t.type((await search(client, index, { first: 59 })).cursor, "string");
    t.match(await search(client, index, { filter: { currency: "JPY" } }), { ids: [], total: 0, cursor: null });
  });
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const wrongCursors = [
  "x",
  "🙂",
  encode(null),
  encode(["price-asc"]),
  encode(["price-asc", "1", "a"]),
  encode(["price-asc", 1e300, "a"]),
  encode(["price-asc", 1, "a", "more"]),
  encode(["price-asc", 1, { $gt: "" }]),
];

export async function cursorTests(t: Test, context: Context): Promise<void> {
  const { client } = context;

  t.test("a cursor has at most 1,000 characters", async (t) => {
    const other = await context.newIndex();
    const longest = ["語", "話"].map((mark) => product({ id: mark.repeat(100), name: "語".repeat(200) }));
    await fill(context, other, longest);
    const { ids, cursor } = await search(client, other, { sort: "name", first: 1 });
    t.ok(cursor !== null && cursor.length <= 1_000, `${cursor?.length}`);
    const rest = await search(client, other, { sort: "name", first: 1, after: cursor });
    t.same(
      [...ids, ...rest.ids],
      longest.toSorted(byId).map(({ id }) => id),
    );
  });

  t.test("a document written between two pages does not move the others", async (t) => {
    const other = await context.newIndex();
    await fill(
      context,
      other,
      ["b", "d", "f"].map((id) => product({ id, name: id })),
    );
    const start = await search(client, other, { sort: "name", first: 2 });
    await bulk(client, other, [upsert(product({ id: "a", name: "a" })), { op: "delete", id: "d", version: 2 }]);
    const rest = await search(client, other, { sort: "name", first: 2, after: start.cursor });
    t.same([start.ids, rest.ids, rest.cursor], [["b", "d"], ["f"], null]);
  });

  t.test("a cursor of another sort and a forged cursor are refused, which is no error of the component", async (t) => {
    const index = await context.newIndex();
    await fill(context, index, documents);
    const { cursor } = await search(client, index, { sort: "name", first: 1 });
    for (const after of [cursor, ...wrongCursors]) {
      const answer = await search(client, index, { sort: "price-asc", after });
      t.match(answer, { refused: /^after: / }, JSON.stringify(after));
    }
  });
}

export async function hitCursorTests(t: Test, context: Context): Promise<void> {
  const { client } = context;

  t.test("each hit has a cursor if requested, and a page behind it starts with the next hit", async (t) => {
    const other = await context.newIndex();
    await fill(context, other, documents);
    for (const sort of Object.keys(expected) as Sort[]) {
      const all = await search(client, other, { sort, first: 60, cursors: true });
      t.equal(all.cursors.length, 60);
      for (const at of [0, 7, 58, 59]) {
        const behind = await search(client, other, { sort, first: 1, after: all.cursors[at] });
        t.same(behind.ids, all.ids.slice(at + 1, at + 2), `${sort}, behind ${at}`);
      }
    }
    const { cursor, cursors } = await search(client, other, { first: 5, cursors: true });
    t.equal(cursor, cursors.at(-1));
    t.same((await search(client, other, { first: 5 })).cursors, []);
  });
}
