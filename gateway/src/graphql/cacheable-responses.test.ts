import assert from "node:assert/strict";
import { hash } from "node:crypto";
import fc from "fast-check";
import t, { type Test } from "tap";
import { startApi } from "../../../tests/support/gateway.ts";
import { latestVersion } from "../cache/changes.ts";

const idOf = (place: number) => `019a0000-0000-7000-8000-00000000000${place}`;
const places = [1, 2, 3];
/** A product whose price is too large for the API. */
const beyond = idOf(8);
const nobodys = idOf(9);
const token = (sub: string) => `Bearer e30.${Buffer.from(JSON.stringify({ sub })).toString("base64url")}.x`;

/** The API over a catalogue of three products that announces each change at once. Counts the executed requests. */
async function startShop(t: Test) {
  const state = new Map(places.map((place) => [idOf(place), { stock: 0, version: 0 }]));
  const product = (id: string) => {
    const found = id === beyond ? { price: 2n ** 60n } : state.get(id);
    if (!found) return [];
    return [{ id, name: "", description: "", category: "", price: 1n, partnerId: "", imageUrl: "", ...found }];
  };
  const account = ({ ids }: { ids: string[] }) => ({ accounts: ids.map((id) => ({ id, username: `name of ${id}` })) });
  const api = await startApi(
    t,
    {
      "catalog.getProducts": ({ ids }: { ids: string[] }) => ({ products: ids.flatMap(product) }),
      "catalog.listProducts": ({ first }: { first: number }) => ({
        products: [...state.keys()].slice(0, first).flatMap(product),
        cursor: state.size > first ? [...state.keys()][first - 1] : "",
      }),
      "catalog.suggestProducts": () => ({ suggestions: ["a thing"] }),
      "accounts.getAccounts": account,
    },
    { cacheMs: 60_000 },
  );
  let executed = 0;
  api.http.graphql.addHook("preExecution", async () => {
    executed += 1;
  });
  return {
    ...api,
    state,
    executed: () => executed,
    get: (query: string) => api.http.inject({ url: "/graphql", query: { query } }),
    ask: async (payload: object, authorization = "") => {
      const answer = await api.http.inject({ method: "POST", url: "/graphql", payload, headers: { authorization } });
      return answer.json<{ data: Record<string, unknown> }>();
    },
    /** Adds one to the stock, announced with or without the new stock; or deletes the product. */
    change(id: string, how: "stated" | "unstated" | "deleted" = "stated") {
      const one = state.get(id);
      if (!one) return;
      Object.assign(one, { stock: one.stock + 1, version: one.version + 1 });
      const { stock, version } = one;
      if (how === "deleted") state.delete(id);
      if (how === "stated") api.invalidate("catalog", { id, owner: "", version, stock, inPlace: true });
      else api.invalidate("catalog", { id, owner: "", version: latestVersion, inPlace: false });
    },
  };
}

const one = "query($id: ID!) { product(id: $id) { stock } }";
const both =
  "query($id: ID!, $first: Int) { product(id: $id) { stock } products(first: $first) { nodes { id stock } pageInfo { hasNextPage } } }";

const step = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ change: fc.constantFrom(...places), how: fc.constantFrom("stated", "unstated", "deleted") }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      query: fc.constantFrom(one, both),
      variables: fc.record({ id: fc.constantFrom(...places.map(idOf), nobodys), first: fc.constantFrom(1, 2, 3) }),
    }),
  },
);

t.test("whatever changed before, the response is the same as that of an execution now", async (t) => {
  let [asked, executed] = [0, 0];
  const property = fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 120 }), async (steps) => {
    const shop = await startShop(t);
    const stockOf = (id: string) => shop.state.get(id)?.stock;
    for (const now of steps) {
      if ("change" in now) {
        shop.change(idOf(now.change), now.how);
        continue;
      }
      const { id, first } = now.variables;
      const product = stockOf(id) === undefined ? null : { stock: stockOf(id) };
      const keys = [...shop.state.keys()];
      const nodes = keys.slice(0, first).map((id) => ({ id, stock: stockOf(id) }));
      const products = { nodes, pageInfo: { hasNextPage: keys.length > first } };
      assert.deepEqual(await shop.ask(now), { data: now.query === one ? { product } : { product, products } });
      asked += 1;
    }
    executed += shop.executed();
  });
  await fc.assert(property, { numRuns: 40 });
  t.ok(executed < asked * 0.9, `of ${asked} questions ${executed} are executed`);
});

t.test("a repeated request is not executed again, neither by POST nor by GET with its tag", async (t) => {
  const { ask, get, executed, change } = await startShop(t);
  const query = `{ product(id: "${idOf(1)}") { name stock } }`;
  await ask({ query }); // not in memory yet
  const [first, tagged] = [await ask({ query }), await get(query)];
  t.same(first, { data: { product: { name: "", stock: 0 } } });
  t.same(tagged.json(), first);
  const before = executed();
  t.same(await ask({ query }, token("somebody")), first);
  const again = await get(query);
  t.match(again, { statusCode: 200, body: tagged.body, headers: { etag: tagged.headers.etag } });
  t.equal(again.headers["content-type"], tagged.headers["content-type"]);
  t.equal(executed(), before);
  change(idOf(1));
  t.same(await ask({ query }), { data: { product: { name: "", stock: 1 } } });
  t.same((await get(query)).json().data.product.stock, 1);
});

t.test("a request is executed each time if it depends on the caller, calls a service or fails", async (t) => {
  const { ask, executed } = await startShop(t);
  const good = `product(id: "${idOf(1)}") { stock }`;
  const failing = `beyond: product(id: "${beyond}") { price }`;
  await ask({ query: `{ ${good} ${failing} }` });
  for (const query of [
    `{ ${good} me { username } }`,
    `{ ${good} suggestProducts(prefix: "a") }`,
    `{ ${good} other: product(id: "none") { stock } }`,
    `{ ${good} ${failing} }`,
    "{ __typename }",
  ]) {
    const before = executed();
    for (let time = 0; time < 3; time += 1) await ask({ query }, token("a"));
    t.equal(executed() - before, 3, query);
  }
  const mine = { query: `{ ${good} me { username } }` };
  for (const who of ["a", "b", "a"])
    t.match(await ask(mine, token(who)), { data: { me: { username: `name of ${who}` } } });
});

t.test("a query that is sent with its hash is executed each time, so that Mercurius stores it", async (t) => {
  const { ask, executed } = await startShop(t);
  const query = `{ product(id: "${idOf(1)}") { stock } }`;
  const sha256Hash = hash("sha256", query);
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  for (let time = 0; time < 3; time += 1) await ask({ query, extensions });
  t.equal(executed(), 3);
  await ask({ extensions });
  await ask({ extensions });
  t.equal(executed(), 4, "the hash alone gets the same response");
});

t.test("an invalid request is refused, even when a similar valid one is cached", async (t) => {
  const { http, get, ask } = await startShop(t);
  const variables = JSON.stringify({ id: idOf(1) });
  const asks = () => http.inject({ url: "/graphql", query: { query: one, variables } });
  for (let time = 0; time < 3; time += 1) t.equal((await asks()).statusCode, 200);
  t.match(await ask({ query: one, variables }), { errors: [{ message: /variables: must be/ }] }, "texts are for GET");
  const product = `{ product(id: "${idOf(1)}") { stock } }`;
  for (let time = 0; time < 3; time += 1) await get(product);
  const mutation = `mutation { updateInventory(input: { id: "${idOf(1)}", type: DELETE }) { id } }`;
  for (const query of [product, mutation]) {
    const { statusCode } = await http.inject({ method: "HEAD", url: "/graphql", query: { query } });
    t.equal(statusCode, 405, `HEAD ${query}`);
  }
});

t.test("long requests are not cached", async (t) => {
  const { ask, executed } = await startShop(t);
  const query = `{ product(id: "${idOf(1)}") { stock } } #${"x".repeat(4_096)}`;
  for (let time = 0; time < 3; time += 1) await ask({ query });
  t.equal(executed(), 3);
});
