import type { Test } from "tap";
import { bulk, type Context, fill, product, search, upsert } from "./context.ts";
import { shop } from "./shop.ts";

export async function searchTests(t: Test, context: Context): Promise<void> {
  const { client } = context;
  const index = await context.newIndex();
  await fill(context, index, shop);
  const find = (query: string, fields: object = {}) => search(client, index, { query, ...fields });
  const finds = async (t: Test, query: string, ids: string[]) => {
    t.same((await find(query)).ids.toSorted(), ids.toSorted(), query);
  };

  t.test("a search finds words in name, description, category and attribute values", async (t) => {
    await finds(t, "grinder", ["grinder"]);
    await finds(t, "chocolate", ["house-coffee"]);
    await finds(t, "tableware", ["mug", "glass-cup"]);
    await finds(t, "borosilicate", ["glass-cup"]);
    await finds(t, "roasted-yesterday-nobody-wrote-this", []);
  });

  t.test("a match in the name ranks above a match in the description", async (t) => {
    const { ids, total } = await find("coffee");
    t.equal(ids[0], "house-coffee");
    t.ok(ids.includes("grinder"), "the description says coffee");
    t.equal(total, ids.length);
  });

  t.test("a search tolerates typing errors in long words", async (t) => {
    for (const query of ["coffe", "cofee", "coffeee"]) t.equal((await find(query)).ids[0], "house-coffee", query);
    for (const query of ["expresso", "espreso", "esspresso"]) await finds(t, query, ["espresso-beans", "machine"]);
    await finds(t, "mag", []);
  });

  t.test("case and accents do not matter, and a prefix of a word is enough", async (t) => {
    await finds(t, "CAFE", ["french-press"]);
    await finds(t, "café", ["french-press"]);
    await finds(t, "grind", ["grinder"]);
  });

  t.test("both of two words must match; of more words, most must match", async (t) => {
    await finds(t, "espresso machine", ["machine"]);
    await finds(t, "machine tea", []);
    t.equal((await find("red stoneware mug gift")).ids[0], "mug");
    await finds(t, "mug submarine periscope torpedo", []);
  });

  t.test("a document with all words ranks above one with some of them", async (t) => {
    const other = await context.newIndex();
    await fill(context, other, [
      product({ id: "two", name: "Green tea" }),
      product({ id: "three", name: "Green tea tin" }),
      product({ id: "one", name: "Green" }),
    ]);
    t.same((await search(client, other, { query: "green tea tin" })).ids, ["three", "two"]);
  });
}

export async function filterTests(t: Test, context: Context): Promise<void> {
  const { client } = context;
  const index = await context.newIndex();
  await fill(context, index, shop);
  const find = (query: string, fields: object = {}) => search(client, index, { query, ...fields });

  t.test("a query without words matches all documents", async (t) => {
    for (const query of ["", "   ", "?!", "\u0000\ud800"])
      t.equal((await find(query)).total, shop.length, JSON.stringify(query));
  });

  t.test("a document must pass every filter", async (t) => {
    const only = async (filter: object) => (await find("", { filter, sort: "name" })).ids;
    t.same(await only({ categories: ["tea", "coffee"] }), ["espresso-beans", "house-coffee", "tea"]);
    t.same(await only({ partnerId: "roaster" }), ["espresso-beans", "house-coffee"]);
    t.same(await only({ priceFrom: 2_499, priceTo: 2_500 }), ["grinder", "french-press"]);
    t.same(await only({ priceTo: 650 }), ["glass-cup", "tea"]);
    t.same(await only({ currency: "USD" }), ["glass-cup"]);
    t.same(await only({ inStock: false }), ["tea"]);
    t.same(await only({ categories: ["coffee"], inStock: true, priceFrom: 1_000, currency: "EUR" }), [
      "espresso-beans",
    ]);
    t.same(await only({ categories: ["Coffee"] }), [], "filters are exact");
    t.same(await only({ priceFrom: 10, priceTo: 9 }), []);
    t.equal((await find("espresso", { filter: { inStock: true } })).total, 2);
  });

  t.test("filters use the current version of a document", async (t) => {
    const other = await context.newIndex();
    await fill(context, other, [product({ id: "a", stock: 0, price: 5 })]);
    await bulk(client, other, [upsert(product({ id: "a", stock: 3, price: 7 }), 2)]);
    t.same((await search(client, other, { filter: { inStock: true, priceFrom: 7 } })).ids, ["a"]);
    t.same((await search(client, other, { filter: { inStock: false } })).ids, []);
  });

  t.test("other scripts are searchable, and query syntax is plain text", async (t) => {
    const other = await context.newIndex();
    await fill(context, other, [product({ id: "zh", name: "绿茶 茶叶" }), product({ id: "ru", name: "Чайник" })]);
    t.same((await search(client, other, { query: "绿茶" })).ids, ["zh"]);
    t.same((await search(client, other, { query: "чайнек" })).ids, ["ru"]);
    for (const query of ['"+-(){}[]^~*?:\\/ AND OR NOT', "a".repeat(200), "é".repeat(200), "𝔘".repeat(100)]) {
      t.equal((await search(client, other, { query })).total, 0, query);
    }
  });
}
