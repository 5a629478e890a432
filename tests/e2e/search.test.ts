import t from "tap";
import { eventually } from "../support/eventually.ts";
import { Person } from "../support/graphql.ts";
import { oracle } from "../support/oracle.ts";
import { admin, newProduct } from "../support/people.ts";
import { startSystem } from "../support/system.ts";

type Item = { id: string; name: string; price: number; stock: number; category: string };
type PageInfo = { hasNextPage: boolean; endCursor: string | null };
type Found = {
  nodes: Item[];
  totalCount: number;
  pageInfo: PageInfo;
  facets: { field: string; values: { value: string; count: number }[] }[];
};
type Arguments = { query?: string; filter?: object; sort?: string; first?: number; after?: string | null };

t.setTimeout(120_000);
const system = await startSystem(t, { env: { gateway: { SIDECART_RATE_LIMIT: "1000000" } } });
const { gatewayUrl } = system;
const shop = await admin(gatewayUrl);
const guest = new Person(gatewayUrl);

const searchQuery = `query($query: String, $filter: ProductFilter, $sort: ProductSort, $first: Int, $after: String) {
  searchProducts(query: $query, filter: $filter, sort: $sort, first: $first, after: $after) {
    nodes { id name price stock category } totalCount pageInfo { hasNextPage endCursor } facets { field values { value count } }
  }
}`;
const search = async (wanted: Arguments) =>
  (await guest.get<{ searchProducts: Found }>(searchQuery, wanted)).searchProducts;
const names = async (wanted: Arguments) => (await search(wanted)).nodes.map(({ name }) => name);
const counts = ({ facets }: Found, field: string) =>
  Object.fromEntries(facets.find((one) => one.field === field)?.values.map(({ value, count }) => [value, count]) ?? []);

/** 40 products in 4 categories, with prices 100, 200, … in mixed order; every fifth is out of stock. */
const goods = Array.from({ length: 40 }, (_, at) => ({
  name: `${["Apple", "Banana", "Cherry", "Damson"][at % 4]} jam ${String(at).padStart(2, "0")}`,
  category: ["fruit", "tropical", "stone fruit", "plums"][at % 4] ?? "",
  price: 100 * (1 + ((at * 17) % 40)),
  stock: at % 5 === 0 ? 0 : 10,
  currency: at % 8 === 0 ? "JPY" : "EUR",
}));
const euros = goods.filter(({ currency }) => currency === "EUR");
await Promise.all(goods.map((product) => newProduct(shop, product)));
await eventually("all of them in the index", async () => (await search({ query: "jam" })).totalCount === goods.length);

t.test("each facet counts the results without its own filter", async (t) => {
  const all = await search({ query: "jam" });
  t.same(counts(all, "category"), { fruit: 10, tropical: 10, "stone fruit": 10, plums: 10 });
  t.same(counts(all, "inStock"), { true: 32, false: 8 });
  const some = await search({ query: "jam", filter: { categories: ["fruit", "plums"] } });
  t.equal(some.totalCount, 20);
  t.same(
    counts(some, "category"),
    { fruit: 10, tropical: 10, "stone fruit": 10, plums: 10 },
    "other values stay visible",
  );
  t.same(counts(some, "price"), {}, "prices of several currencies are not counted together");
  const inEuros = await search({ query: "jam", filter: { categories: ["fruit", "plums"], currency: "EUR" } });
  const prices = Object.values(counts(inEuros, "price")).reduce((sum, count) => sum + count, 0);
  t.equal(prices, 15, "the other facets count the filtered results");
});

t.test("prices are compared only within one currency", async (t) => {
  for (const wanted of [
    { sort: "PRICE_ASC" },
    { sort: "PRICE_DESC" },
    { sort: "PRICE_ASC", filter: { inStock: true } },
    { filter: { priceFrom: 0 } },
    { filter: { priceTo: 900 } },
    { filter: { priceFrom: 1, priceTo: 2, currency: null } },
  ]) {
    const { status, errors } = await guest.ask(searchQuery, { query: "jam", ...wanted });
    t.match(
      { status, errors },
      { status: 400, errors: [{ extensions: { code: "BAD_INPUT", fields: [{ field: "filter.currency" }] } }] },
      JSON.stringify(wanted),
    );
  }
  const yen = await search({ query: "jam", sort: "PRICE_DESC", filter: { currency: "JPY", priceFrom: 1_000 } });
  const expected = goods
    .filter(({ currency, price }) => currency === "JPY" && price >= 1_000)
    .map(({ price }) => price);
  t.same(
    yen.nodes.map(({ price }) => price),
    expected.sort((a, b) => b - a),
  );
});

t.test("filters work, alone and together", async (t) => {
  const expect = (holds: (one: (typeof goods)[number]) => boolean) => goods.filter(holds).length;
  const filters: [object, (one: (typeof goods)[number]) => boolean][] = [
    [{ categories: ["fruit"] }, ({ category }) => category === "fruit"],
    [
      { currency: "EUR", priceFrom: 1_000, priceTo: 2_000 },
      ({ currency, price }) => currency === "EUR" && price >= 1_000 && price <= 2_000,
    ],
    [{ currency: "JPY" }, ({ currency }) => currency === "JPY"],
    [{ inStock: true }, ({ stock }) => stock > 0],
    [
      { inStock: true, currency: "EUR", priceTo: 900 },
      (one) => one.stock > 0 && one.currency === "EUR" && one.price <= 900,
    ],
    [{ categories: ["nothing"] }, () => false],
    [{ currency: "EUR", priceFrom: 2_000, priceTo: 1_000 }, () => false],
  ];
  for (const [filter, holds] of filters) {
    t.equal((await search({ query: "jam", filter })).totalCount, expect(holds), JSON.stringify(filter));
  }
});

t.test("every sort is complete and pages without duplicates or gaps", async (t) => {
  const orders: Record<string, ((one: Item) => number | string) | undefined> = {
    PRICE_ASC: ({ price }) => price,
    PRICE_DESC: ({ price }) => -price,
    NAME: ({ name }) => name,
    NEWEST: undefined,
    RELEVANCE: undefined,
  };
  for (const [sort, key] of Object.entries(orders)) {
    const seen: Item[] = [];
    for (let after: string | null | undefined; after !== null; ) {
      const wanted = { query: "jam", filter: { currency: "EUR" }, sort, first: 7, ...(after && { after }) };
      const page: Found = await search(wanted);
      seen.push(...page.nodes);
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      if (seen.length > euros.length) break;
    }
    t.equal(seen.length, euros.length, sort);
    t.equal(new Set(seen.map(({ id }) => id)).size, euros.length, `${sort}: no repeats`);
    if (key)
      t.same(
        seen,
        seen.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)),
        `${sort}: in order`,
      );
  }
});

t.test("a product written between two pages neither duplicates nor hides another", async (t) => {
  const first = await search({ query: "jam", sort: "NAME", first: 20 });
  await newProduct(shop, { name: "Aardvark jam", price: 1 });
  await eventually("aardvark in the index", async () => (await search({ query: "aardvark" })).totalCount === 1);
  const rest = await search({ query: "jam", sort: "NAME", first: 100, after: first.pageInfo.endCursor });
  const seen = [...first.nodes, ...rest.nodes].map(({ name }) => name);
  t.same(seen, goods.map(({ name }) => name).sort());
});

t.test("typos and other word forms still match", async (t) => {
  t.match(await names({ query: "bananna", first: 1 }), [/^Banana/]);
  t.match(await names({ query: "CHERRY", first: 1 }), [/^Cherry/]);
  t.same(await names({ query: "bicycle" }), []);
});

t.test("suggestions complete the typed text", async (t) => {
  const suggest = "query($prefix: String!) { suggestProducts(prefix: $prefix, first: 3) }";
  const suggested = async (prefix: string) =>
    (await guest.get<{ suggestProducts: string[] }>(suggest, { prefix })).suggestProducts;
  const some = await suggested("dam");
  t.equal(some.length, 3);
  t.ok(
    some.every((one) => one.startsWith("Damson")),
    some.join(),
  );
  t.same(await suggested("zzz"), []);
  t.same(await suggested(""), []);
});

const products = `query($query: String, $first: Int, $after: String) {
  products(query: $query, first: $first, after: $after) {
    nodes { id name } edges { cursor node { id } } pageInfo { hasNextPage endCursor }
  }
}`;
type Listed = {
  products: {
    nodes: { id: string; name: string }[];
    edges: { cursor: string; node: { id: string } }[];
    pageInfo: PageInfo;
  };
};
const listed = async (wanted: Arguments) => (await guest.get<Listed>(products, wanted)).products;

/** All pages of a list, one after the other. */
async function pagesOf(wanted: Arguments): Promise<Listed["products"][]> {
  const pages: Listed["products"][] = [];
  for (let after: string | null = null, more = true; more && pages.length < 50; ) {
    const page = await listed({ ...wanted, ...(after && { after }) });
    pages.push(page);
    ({ hasNextPage: more, endCursor: after } = page.pageInfo);
  }
  return pages;
}

t.test("products lists the newest, and with a query the best matches, page by page", async (t) => {
  for (const [wanted, count] of [
    [{ first: 9 }, goods.length + 1],
    [{ first: goods.length + 1 }, goods.length + 1],
    [{ query: "cherry", first: 4 }, 10],
    [{ query: "cherry", first: 5 }, 10],
  ] as const) {
    const pages = await pagesOf(wanted);
    t.equal(
      pages.length,
      Math.ceil(count / wanted.first),
      "the last page says that it is the last, also when it is full",
    );
    const ids = pages.flatMap(({ nodes }) => nodes.map(({ id }) => id));
    t.equal(new Set(ids).size, count, JSON.stringify(wanted));
    t.equal(ids.length, count);
    t.same(
      ids,
      pages.flatMap(({ edges }) => edges.map(({ node }) => node.id)),
      "edges and nodes are the same rows",
    );
    if (!("query" in wanted)) t.same(ids, ids.toSorted().reverse(), "newest first");
    else t.ok(pages.every(({ nodes }) => nodes.every(({ name }) => name.startsWith("Cherry"))));
  }
});

t.test("behind the cursor of any row comes the next row", async (t) => {
  for (const query of [undefined, "jam"]) {
    const { edges } = await listed({ ...(query && { query }), first: 30 });
    for (const at of [0, 13, 28]) {
      const behind = await listed({ ...(query && { query }), first: 1, after: edges[at]?.cursor ?? null });
      t.equal(behind.nodes[0]?.id, edges[at + 1]?.node.id, `${query} ${at}`);
    }
  }
});

t.test("a cursor of another list and a text that is none are refused, and the error names the argument", async (t) => {
  const byName = (await search({ query: "jam", sort: "NAME", first: 1 })).pageInfo.endCursor;
  const newest = (await listed({ first: 1 })).pageInfo.endCursor;
  for (const [query, wanted] of [
    [searchQuery, { after: "x" }],
    [searchQuery, { after: newest }],
    [searchQuery, { sort: "NEWEST", after: byName }],
    [products, { after: byName }],
    [products, { after: "x" }],
    [products, { query: "jam", after: newest }],
  ] as const) {
    const { status, errors } = await guest.ask(query, wanted);
    t.match(
      { status, errors },
      { status: 400, errors: [{ extensions: { code: "BAD_INPUT" } }] },
      JSON.stringify(wanted),
    );
    t.match(errors[0]?.message, /^after: /);
    t.match(errors[0]?.extensions.fields, [{ field: "after" }], JSON.stringify(errors));
  }
});

const progress = "query($index: String!) { reindexProgress(index: $index) { state } }";
type Progress = { reindexProgress: { state: string } };
/** Rebuilds the index, waits until searches use it, and returns its name. */
const rebuild = async () => {
  const { reindex } = await shop.get<{ reindex: { index: string } }>("mutation { reindex { index } }");
  await eventually("the new index live", async () => {
    const { reindexProgress } = await shop.get<Progress>(progress, reindex);
    return reindexProgress.state === "LIVE";
  });
  return reindex.index;
};

t.test("during a rebuild no search fails or misses a product, and changes are indexed", async (t) => {
  let over = false;
  const searching = (async () => {
    const totals = new Set<number>();
    while (!over) totals.add((await search({ query: "jam", filter: { priceFrom: 100, currency: "EUR" } })).totalCount);
    return totals;
  })();
  const built: string[] = [];
  for (let at = 0; at < 5; at += 1) {
    const [index] = await Promise.all([rebuild(), newProduct(shop, { name: `Elderberry syrup ${at}`, price: 1 })]);
    built.push(index);
  }
  over = true;
  t.same([...(await searching)], [euros.length], "every search found all products");
  t.equal(new Set(built).size, 5);
  await eventually("all that was made meanwhile", async () => (await search({ query: "elderberry" })).totalCount === 5);
});

t.test("of concurrent rebuilds one runs, and refused ones do not change the index", async (t) => {
  const catalog = await oracle(t, system.databaseUrl("catalog"));
  for (let round = 0; round < 5; round += 1) {
    // The lock blocks the running rebuild until all others were refused.
    await catalog("begin; lock table products in access exclusive mode");
    const answers = await Promise.all(Array.from({ length: 4 }, () => shop.ask("mutation { reindex { index } }")));
    await catalog("rollback");
    const refused = answers.flatMap(({ errors }) => errors.map(({ extensions }) => extensions.code));
    t.same(refused, ["REINDEX_RUNNING", "REINDEX_RUNNING", "REINDEX_RUNNING"]);
    t.equal((await search({ query: "jam", filter: { priceFrom: 100, currency: "EUR" } })).totalCount, euros.length);
    await eventually("the way free again", rebuild);
  }
});
