import { status } from "@grpc/grpc-js";
import type { Test } from "tap";
import { assertRejected, bulk, type Context, fill, get, product, search, upsert } from "./context.ts";

const document = product({ id: "a" });

const invalidRequests: [operation: string, fields: object, field: string][] = [
  ["create-index", { index: "Upper" }, "index"],
  ["create-index", { index: "../etc" }, "index"],
  ["create-index", { index: "a".repeat(65) }, "index"],
  ["create-index", { schema: { document: "person" } }, "schema.document"],
  ["delete-index", { index: "*" }, "index"],
  ["alias", { alias: "_all" }, "alias"],
  ["resolve-alias", {}, "alias"],
  ["index", { id: "", version: 1, document }, "id"],
  ["index", { id: "b", version: 1, document }, "document.id"],
  ["index", { id: "a", version: 0, document }, "version"],
  ["index", { id: "a", version: 1.5, document }, "version"],
  ["index", { id: "a", version: 2 ** 60, document }, "version"],
  ["index", { id: "a", version: 1, document: { ...document, name: "x".repeat(201) } }, "document.name"],
  ["index", { id: "a", version: 1, document: { ...document, name: "nul\u0000" } }, "document.name"],
  ["index", { id: "a", version: 1, document: { ...document, description: "\ud800" } }, "document.description"],
  ["index", { id: "a", version: 1, document: { ...document, attributes: { size: 4 } } }, "document.attributes.size"],
  ["index", { id: "a", version: 1, document: { ...document, createdAt: "yesterday" } }, "document.createdAt"],
  ["index", { id: "a", version: 1, document: { ...document, currency: "eur" } }, "document.currency"],
  ["index", { id: "a", version: 1, document, refresh: "yes" }, "refresh"],
  ["delete", { id: "a".repeat(101), version: 1 }, "id"],
  ["bulk", { operations: [] }, "operations"],
  ["bulk", { operations: Array(1_001).fill({ op: "delete", id: "a", version: 1 }) }, "operations"],
  ["bulk", { operations: [{ op: "delete", version: 1 }] }, "operations[0].id"],
  ["get", { id: 7 }, "id"],
  ["search", { query: "x".repeat(201), first: 1 }, "query"],
  ["search", { query: ["x"], first: 1 }, "query"],
  ["search", { first: 0 }, "first"],
  ["search", { first: 101 }, "first"],
  ["search", { first: 1, sort: "random" }, "sort"],
  ["search", { first: 1, filter: { categories: "tea" } }, "filter.categories"],
  ["search", { first: 1, filter: { categories: Array(101).fill("c") } }, "filter.categories"],
  ["search", { first: 1, filter: { priceFrom: -1 } }, "filter.priceFrom"],
  ["search", { first: 1, filter: { color: "red" } }, "filter"],
  ["search", { first: 1, after: "x".repeat(1_001) }, "after"],
  ["search", { first: 1, after: "" }, "after"],
  ["suggest", { prefix: "x".repeat(201), first: 1 }, "prefix"],
  ["suggest", { prefix: "x", first: 21 }, "first"],
];

export async function inputTests(t: Test, context: Context): Promise<void> {
  const { client } = context;
  const index = await context.newIndex();
  await fill(context, index, [document]);

  t.test("a bad request is INVALID_ARGUMENT and names the field", async (t) => {
    for (const [operation, fields, field] of invalidRequests) {
      const call = client.invoke(operation, { index, ...fields });
      await assertRejected(
        t,
        call,
        status.INVALID_ARGUMENT,
        field,
        `${operation} ${JSON.stringify(fields).slice(0, 80)}`,
      );
    }
  });

  t.test("data that is not a JSON object is INVALID_ARGUMENT", async (t) => {
    const broken = ["", "{", "null", "[]", "7", "[".repeat(100_000), "\ufeff{", '{"index":"\\u0000"}'];
    const bytes = [...broken.map((text) => Buffer.from(text)), Buffer.from([0xff, 0xfe, 0x00])];
    for (const data of bytes) {
      const label = data.toString("latin1").slice(0, 20);
      await t.rejects(client.invoke("search", data), { code: status.INVALID_ARGUMENT }, label);
    }
  });

  t.test("the longest allowed texts and hostile attribute keys are stored, except __proto__", async (t) => {
    const hostile = JSON.parse('{"__proto__":"p","constructor":"c","toString":"t"}') as Record<string, string>;
    const longest = product({
      id: "é".repeat(100),
      name: "ﷺ".repeat(200),
      description: "𝔘".repeat(5_000),
      category: "語".repeat(100),
      attributes: { constructor: "c", toString: "t" },
      imageUrl: "u".repeat(10_000),
    });
    const outcomes = await bulk(client, index, [upsert(longest), upsert(product({ id: "h", attributes: hostile }))]);
    t.match(outcomes, [{ status: "indexed" }, { status: "indexed" }]);
    t.same((await get(client, index, "h"))?.document.attributes, { constructor: "c", toString: "t" });
    t.same((await get(client, index, longest.id))?.document, longest);
    const page = await search(client, index, { sort: "name", first: 1, filter: { categories: [longest.category] } });
    t.same(page.ids, [longest.id]);
    t.equal(({} as Record<string, unknown>).p, undefined);
  });

  t.test("the engine still works after all invalid requests", async (t) => {
    await client.ping();
    t.match(await get(client, index, "a"), { version: 1 });
  });
}
