import type { Test } from "tap";
import { bulk, type Context, count, fill, get, product, search, upsert } from "./context.ts";

export async function writeTests(t: Test, context: Context): Promise<void> {
  const { client, newIndex } = context;

  t.test("get returns a document unchanged, with its version", async (t) => {
    const index = await newIndex();
    const document = product({
      id: "crème/brûlée #1",
      name: "Crème brûlée 🍮",
      description: 'Line one\nline two\t"quoted" \\ </script>',
      attributes: { colour: "gold", "size.in.cm": "12", größe: "klein" },
      price: Number.MAX_SAFE_INTEGER,
      createdAt: "2026-05-04T03:02:01.123+02:00",
    });
    const written = await client.invoke("index", { index, id: document.id, version: 41, document, refresh: true });
    t.same(written, { id: document.id, status: "indexed" });
    t.same(await get(client, index, document.id), { document, version: 41 });
    t.equal(await get(client, index, "another"), null);
  });
}

export async function versionTests(t: Test, context: Context): Promise<void> {
  const { client, newIndex } = context;

  t.test("an older or equal version never overwrites a newer one", async (t) => {
    const index = await newIndex();
    const write = (version: number, name: string) =>
      client.invoke("index", { index, id: "a", version, document: product({ id: "a", name }), refresh: true });
    t.same(await write(5, "Fifth"), { id: "a", status: "indexed" });
    t.same(await write(5, "Again"), { id: "a", status: "stale" });
    t.same(await write(4, "Fourth"), { id: "a", status: "stale" });
    t.same(await client.invoke("delete", { index, id: "a", version: 5 }), { id: "a", status: "stale" });
    t.match(await get(client, index, "a"), { version: 5, document: { name: "Fifth" } });
    t.same((await search(client, index, { query: "fourth" })).ids, []);
    t.same(await write(6, "Sixth"), { id: "a", status: "indexed" });
    t.same((await search(client, index, { query: "sixth" })).ids, ["a"]);
    t.same((await search(client, index, { query: "fifth" })).ids, [], "a search no longer finds the old text");
  });

  t.test("an older write does not undo a delete, even when the delete arrives first", async (t) => {
    const index = await newIndex();
    const remove = (id: string, version: number) => client.invoke("delete", { index, id, version, refresh: true });
    await fill(context, index, [product({ id: "a", name: "Anvil" }), product({ id: "kept" })]);
    t.same(await remove("a", 7), { id: "a", status: "deleted" });
    t.same(await remove("unseen", 7), { id: "unseen", status: "deleted" });
    t.same(await remove("a", 7), { id: "a", status: "stale" });
    for (const id of ["a", "unseen"]) {
      t.match(await bulk(client, index, [upsert(product({ id }), 6)]), [{ id, status: "stale" }]);
      t.equal(await get(client, index, id), null);
    }
    t.equal(await count(client, index), 1);
    t.match(await search(client, index, { facets: true }), { ids: ["kept"], total: 1 });
    t.same(await client.invoke("suggest", { index, prefix: "anv", first: 5 }), { suggestions: [] });
    t.match(await bulk(client, index, [upsert(product({ id: "a" }), 8)]), [{ id: "a", status: "indexed" }]);
    t.equal(await count(client, index), 2);
  });

  t.test("of concurrent writes the highest version wins", async (t) => {
    const index = await newIndex();
    const versions = Array.from({ length: 24 }, (_, at) => ((at * 7) % 24) + 1);
    await Promise.all(
      versions.map((version) => bulk(client, index, [upsert(product({ id: "a", price: version }), version)])),
    );
    t.match(await get(client, index, "a"), { version: 24, document: { price: 24 } });
    t.equal(await count(client, index), 1);
  });
}

export async function bulkTests(t: Test, context: Context): Promise<void> {
  const { client, newIndex } = context;

  t.test("a bulk returns one outcome per operation, in the same order", async (t) => {
    const index = await newIndex();
    await bulk(client, index, [upsert(product({ id: "newer" }), 9), upsert(product({ id: "gone" }), 1)]);
    const outcomes = await bulk(client, index, [
      upsert(product({ id: "first" })),
      upsert({ ...product({ id: "broken" }), price: -1 }),
      { op: "delete", id: "gone", version: 2 },
      upsert(product({ id: "newer" }), 3),
      { op: "rename", id: "unknown", version: 1 },
      upsert({ ...product({ id: "other" }), id: "another" }),
      upsert(product({ id: "first", name: "Twice" }), 2),
    ]);
    t.match(outcomes, [
      { id: "first", status: "indexed" },
      { id: "broken", status: "failed", error: /^document\.price: / },
      { id: "gone", status: "deleted" },
      { id: "newer", status: "stale" },
      { id: "unknown", status: "failed", error: /^op: / },
      { id: "another", status: "indexed" },
      { id: "first", status: "indexed" },
    ]);
    t.equal(outcomes.length, 7);
    t.equal((await get(client, index, "first"))?.document.name, "Twice");
    t.equal(await get(client, index, "broken"), null);
    t.equal(await count(client, index), 3);
  });

  t.test("a bulk accepts 1,000 operations", async (t) => {
    const index = await newIndex();
    const documents = Array.from({ length: 1_000 }, (_, at) =>
      product({ id: `p${at}`, description: "word ".repeat(40) }),
    );
    const outcomes = await bulk(
      client,
      index,
      documents.map((document) => upsert(document)),
    );
    t.equal(outcomes.filter(({ status }) => status === "indexed").length, 1_000);
    t.equal(await count(client, index), 1_000);
    t.equal((await search(client, index, { first: 1 })).total, 1_000);
  });
}
