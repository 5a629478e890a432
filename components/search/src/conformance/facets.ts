import type { Test } from "tap";
import { type Context, fill, product, search } from "./context.ts";
import { shop } from "./shop.ts";

type Counts = Record<string, Record<string, number>>;

async function countsOf({ client }: Context, index: string, query: string, filter: object): Promise<Counts> {
  const page = await search(client, index, { query, filter, facets: true });
  return Object.fromEntries(
    page.facets.map(({ field, values }) => [field, Object.fromEntries(values.map((each) => [each.value, each.count]))]),
  );
}

export async function facetTests(t: Test, context: Context): Promise<void> {
  const index = await context.newIndex();
  await fill(context, index, shop);
  const facets = (query: string, filter: object) => countsOf(context, index, query, filter);

  t.test("without a query and filters, facets count all documents", async (t) => {
    t.same(await facets("", {}), {
      category: { appliances: 3, coffee: 2, tableware: 2, tea: 1 },
      partnerId: { kitchen: 5, roaster: 2, leaf: 1 },
      inStock: { true: 7, false: 1 },
      price: { "0-999": 3, "1000-2499": 3, "2500-4999": 1, "25000-": 1 },
    });
  });

  t.test("a facet applies the query and every filter except its own", async (t) => {
    t.same(await facets("espresso", {}), {
      category: { appliances: 1, coffee: 1 },
      partnerId: { kitchen: 1, roaster: 1 },
      inStock: { true: 2 },
      price: { "1000-2499": 1, "25000-": 1 },
    });
    t.same(await facets("", { categories: ["coffee"], priceTo: 999, currency: "EUR" }), {
      category: { coffee: 1, tea: 1 },
      partnerId: { roaster: 1 },
      inStock: { true: 1 },
      price: { "0-999": 1, "1000-2499": 1 },
    });
    t.same(await facets("", { partnerId: "leaf", inStock: false }), {
      category: { tea: 1 },
      partnerId: { leaf: 1 },
      inStock: { false: 1 },
      price: { "0-999": 1 },
    });
  });

  otherFacetTests(t, context, index);
}

function otherFacetTests(t: Test, context: Context, index: string): void {
  const { client } = context;

  t.test("facets have a fixed order; their values are sorted by frequency, price buckets by price", async (t) => {
    const { facets } = await search(client, index, { facets: true });
    t.same(
      facets.map(({ field }) => field),
      ["category", "partnerId", "inStock", "price"],
    );
    t.same(
      facets[0]?.values.map(({ value }) => value),
      ["appliances", "coffee", "tableware", "tea"],
    );
    t.same(
      facets[3]?.values.map(({ value }) => value),
      ["0-999", "1000-2499", "2500-4999", "25000-"],
    );
  });

  t.test("a search returns the same documents with facets and without", async (t) => {
    const filter = { categories: ["coffee", "tableware"], priceFrom: 900, inStock: true, partnerId: "kitchen" };
    const plain = await search(client, index, { filter });
    t.same(plain.facets, []);
    const { ids, total } = await search(client, index, { filter, facets: true });
    t.same({ ids, total }, { ids: plain.ids, total: plain.total });
    t.same(ids, ["mug"]);
  });

  t.test("the partner facet omits products without a partner", async (t) => {
    const other = await context.newIndex();
    await fill(context, other, [product({ id: "a", partnerId: "" }), product({ id: "b", partnerId: "x" })]);
    const { facets, total } = await search(client, other, { facets: true });
    t.same(facets[1], { field: "partnerId", values: [{ value: "x", count: 1 }] });
    t.equal(total, 2);
  });

  t.test("a facet contains the 50 most frequent values", async (t) => {
    const many = await context.newIndex();
    const documents = Array.from({ length: 60 }, (_, at) => product({ id: `p${at}`, category: `c${at}` }));
    await fill(context, many, [...documents, product({ id: "more", category: "c59" })]);
    const { facets } = await search(client, many, { facets: true, first: 1 });
    t.equal(facets[0]?.values.length, 50);
    t.same(facets[0]?.values[0], { value: "c59", count: 2 });
  });
}
