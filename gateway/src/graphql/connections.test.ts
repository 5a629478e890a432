import t, { type Test } from "tap";
import { startApi } from "../../../tests/support/gateway.ts";
import { cursorOf } from "../calls/cursors.ts";

const idOf = (at: number) => `019a0000-0000-7000-8000-00000000000${at}`;
const product = (at: number) => ({ id: idOf(at), name: `product ${at}`, price: 1n, partnerId: "", imageUrl: "" });

/** A catalogue of three products, which pages as the service does. */
const start = (t: Test) =>
  startApi(t, {
    "catalog.listProducts": ({ first, after }: { first: number; after: string }) => {
      const rows = [3, 2, 1].map(product).filter(({ id }) => after === "" || id < after);
      const products = rows.slice(0, first);
      return { products, cursor: rows.length > first ? products.at(-1)?.id : "" };
    },
    "catalog.searchProducts": ({ positions }: { positions: boolean }) => ({
      products: [product(3), product(1)],
      total: 9,
      cursor: "behind 1",
      positions: positions ? ["behind 3", "behind 1"] : [],
      facets: [],
    }),
  });

/** Queries are compiled at their second run. */
const runs = [1, 2, 3];

t.test("edges and nodes are the same rows, and each cursor leads behind its row", async (t) => {
  const { ask, requests } = await start(t);
  const query = `query($first: Int, $after: String) { products(first: $first, after: $after) {
    edges { cursor node { id } } nodes { id } pageInfo { hasNextPage endCursor } } }`;
  const edges = [3, 2].map((at) => ({ cursor: cursorOf(idOf(at)), node: { id: idOf(at) } }));
  for (const run of runs) {
    const nodes = edges.map(({ node }) => node);
    const pageInfo = { hasNextPage: true, endCursor: cursorOf(idOf(2)) };
    t.same((await ask(query, { first: 2 })).data, { products: { edges, nodes, pageInfo } }, `run ${run}`);
    t.match((await ask(query, { first: 2, after: pageInfo.endCursor })).data, {
      products: { nodes: [{ id: idOf(1) }], pageInfo: { hasNextPage: false, endCursor: cursorOf(idOf(1)) } },
    });
    const none = { edges: [], nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
    t.same((await ask(query, { first: 2, after: cursorOf(idOf(1)) })).data, { products: none });
  }
  t.match(requests("catalog.listProducts").at(-1), { first: 2, after: idOf(1) });
});

t.test("a search asks for positions and facets only where the query selects what needs them", async (t) => {
  const { ask, requests } = await start(t);
  const fragments = `fragment page on ProductSearchConnection { ...inner }
    fragment inner on ProductSearchConnection { pageInfo { endCursor } }`;
  const asked = async (selection: string) => {
    const { errors } = await ask(`{ searchProducts { ${selection} } } ${selection === "...page" ? fragments : ""}`);
    t.same(errors, [], selection);
    const { positions, facets } = requests("catalog.searchProducts").at(-1) ?? {};
    return { positions, facets };
  };
  for (const _ of runs) {
    t.same(await asked("totalCount nodes { id }"), { positions: false, facets: false });
    t.same(await asked("facets { field }"), { positions: false, facets: true });
    t.same(await asked("edges { cursor }"), { positions: true, facets: false });
    t.same(await asked("...page"), { positions: true, facets: false });
    t.same(await asked("... on ProductSearchConnection { pageInfo { hasNextPage } facets { field } }"), {
      positions: true,
      facets: true,
    });
  }
  const query = "{ searchProducts { edges { cursor } pageInfo { hasNextPage endCursor } } }";
  t.same((await ask(query)).data, {
    searchProducts: {
      edges: [{ cursor: cursorOf("behind 3") }, { cursor: cursorOf("behind 1") }],
      pageInfo: { hasNextPage: true, endCursor: cursorOf("behind 1") },
    },
  });
});

t.test("what is no cursor, and a number of rows beyond the limit, reach no service", async (t) => {
  const { ask, calls } = await start(t);
  for (const [list, most] of [
    ["products", 1_000],
    ["searchProducts", 100],
    ['products(query: "tea")', 100],
  ] as const) {
    const withArguments = (more: string) => (list.includes("(") ? list.replace(")", `, ${more})`) : `${list}(${more})`);
    for (const [more, field] of [
      ['after: "x"', "after"],
      ['after: ""', "after"],
      ["first: 0", "first"],
      ["first: -1", "first"],
      [`first: ${most + 1}`, "first"],
    ] as const) {
      const { status, errors } = await ask(`{ ${withArguments(more)} { nodes { id } } }`);
      t.equal(status, 400, `${list} ${more}`);
      t.match(errors, [{ extensions: { code: "BAD_INPUT", fields: [{ field }] } }]);
    }
  }
  t.same(calls, []);
});
