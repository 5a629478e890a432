import { createHash } from "node:crypto";
import { buildSchema, getNamedType, isListType, isNonNullType, isObjectType, parse } from "graphql";
import t from "tap";
import { startApi } from "../../../tests/support/gateway.ts";
import { fieldCosts, typeDefs } from "../domains/domains.ts";
import { cachedTexts, createCostLimit, maxCost, maxQueryBytes, maxTokens } from "./query-limits.ts";

const schema = buildSchema(typeDefs);
const limit = createCostLimit(fieldCosts);
const cost = (query: string, variables = {}) => limit.costOf(schema, parse(query), variables);
const check = (query: string, variables: Record<string, unknown> = {}) => limit.check(schema, parse(query), variables);
const tooMuch = { code: "QUERY_TOO_EXPENSIVE", status: "INVALID_ARGUMENT" };

t.test("typical queries of a shop pass", async (t) => {
  for (const query of [
    "{ me { id orders { nodes { id orderProducts { product { name } } } } } }",
    "{ products(first: 1000) { nodes { id name price currency stock category imageUrl } } }",
    '{ searchProducts(query: "tea", first: 100) { nodes { id name } totalCount pageInfo { hasNextPage endCursor } facets { field values { value count } } } }',
    "{ orders(first: 100) { nodes { id history { to at } user { username } orderProducts { product { name price } } } } }",
    "mutation { placeOrder(input: { orderProducts: [] }) { id orderProducts { product { name } } } }",
  ]) {
    t.doesNotThrow(() => check(query), query);
  }
});

t.test("nested lists cost the product of their sizes", async (t) => {
  t.throws(() => check("{ users(first: 1000) { nodes { orders(first: 100) { nodes { id } } } } }"), tooMuch);
  t.doesNotThrow(() => check("{ users(first: 10) { nodes { orders(first: 100) { nodes { id } } } } }"));
});

t.test("`first` counts as a literal, a variable or a default", async (t) => {
  const query = "query($n: Int = 1000) { users(first: $n) { nodes { orders(first: $n) { nodes { id } } } } }";
  t.throws(() => check(query), tooMuch);
  t.throws(() => check(query, { n: 500 }), tooMuch);
  t.doesNotThrow(() => check(query, { n: 5 }));
  t.doesNotThrow(() => check("{ users { nodes { orders { nodes { id } } } } }"), "20 by 20 by the schema's default");
});

t.test("each call to a service costs, also under aliases", async (t) => {
  const aliases = (count: number) =>
    `{ ${Array.from({ length: count }, (_, at) => `a${at}: product(id: "x") { id }`).join(" ")} }`;
  t.doesNotThrow(() => check(aliases(20)));
  t.throws(() => check(aliases(2_000)), tooMuch);
  t.throws(
    () =>
      check(
        aliases(2_000).replace("{", "mutation {").replaceAll('product(id: "x") { id }', "logoutAll { sessionsEnded }"),
      ),
    tooMuch,
  );
});

t.test("a fragment costs each time it is used", async (t) => {
  const spread = `{ ${Array.from({ length: 60 }, (_, at) => `a${at}: products(first: 100) { nodes { ...f } }`).join(" ")} } fragment f on Product { id name price stock }`;
  t.throws(() => check(spread), tooMuch);
});

t.test("the error states the query's cost and the limit", async (t) => {
  t.throws(() => check("{ users(first: 1000) { nodes { orders(first: 1000) { nodes { id } } } } }"), {
    message: new RegExp(`costs \\d{7}; at most ${maxCost}`),
  });
});

t.test("each list has a typical size, unless `first` states it", async (t) => {
  const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith("__"));
  const lists = types.flatMap((type) =>
    (isObjectType(type) ? Object.values(type.getFields()) : [])
      .filter((field) => isListType(isNonNullType(field.type) ? field.type.ofType : field.type))
      .filter((field) => isObjectType(getNamedType(field.type)) && !field.args.some(({ name }) => name === "first"))
      .filter(({ name }) => !(type.name.endsWith("Connection") && ["edges", "nodes"].includes(name)))
      .map((field) => `${type.name}.${field.name}`),
  );
  t.same(new Set(lists), new Set(Object.keys(fieldCosts.listSizes)));
});

t.test("the size of a query is what its rows may hold, with the longest texts", async (t) => {
  const size = (query: string) => limit.sizeOf(schema, parse(query), {});
  t.equal(size("{ me { id email } }"), 3);
  t.equal(size("{ products(first: 100) { nodes { id description } } }"), 1 + 100 * (1 + 13));
  t.equal(
    size('{ searchProducts(query: "tea", first: 100) { nodes { id imageUrl } totalCount } }'),
    1 + 100 * (1 + 21),
  );
});

t.test("a query costs its calls and its rows", async (t) => {
  t.equal(cost("{ me { id email } }"), 102);
  t.equal(cost("{ products(first: 50) { nodes { id name } } }"), 200);
  for (const first of ["", "(first: null)", "(first: 0)"])
    t.equal(cost(`{ products${first} { nodes { id name } } }`), 140, first);
  t.equal(cost("{ products(first: 50) { nodes { id name } pageInfo { hasNextPage endCursor } } }"), 200);
  t.equal(cost("{ products(first: 50) { edges { cursor node { id name } } } }"), 100 + 50 * (1 + 1 + 2));
  t.equal(cost("query($n: Int) { products(first: $n) { nodes { id } } }", { n: 300 }), 400);
  t.equal(
    cost("{ orders(first: 10) { nodes { orderProducts { name } history { to } } } }"),
    100 + 10 * (1 + 10 + 1 + 8),
  );
  t.equal(
    cost("{ users(first: 10) { nodes { orders(first: 5) { nodes { id } } } } }"),
    100 + 10 * (100 + 5),
    "one call for each row",
  );
});

t.test("normal queries are allowed; too expensive ones are refused before any service is called", async (t) => {
  const fields = "id name description price currency stock category attributes imageUrl version createdAt";
  t.ok(
    cost(`{ searchProducts(first: 100) { totalCount nodes { ${fields} } facets { field values { value count } } } }`) <
      maxCost,
  );
  t.ok(
    cost(
      `{ orders(first: 100) { nodes { id status priceTotal history { to at } orderProducts { name product { ${fields} } } } } }`,
    ) < maxCost,
  );
  t.ok(cost("{ users(first: 100) { nodes { email orders { nodes { id status } } } } }") < maxCost);
  const { ask, calls } = await startApi(t, {});
  for (const query of [
    "{ users(first: 300) { nodes { orders(first: 1) { nodes { id } } } } }",
    "{ users(first: 200) { nodes { orders { nodes { id status } } } } }",
    "{ orders(first: 1000) { nodes { orderProducts { name product { name } } } } }",
  ]) {
    const { status, codes } = await ask(query);
    t.same([status, codes], [400, ["QUERY_TOO_EXPENSIVE"]], query.slice(0, 60));
  }
  t.same(calls, []);
});

const sized = (bytes: number) => "{ __typename }".padEnd(bytes, " ");

t.test("a text over 16 kB is refused before it is parsed, and is not cached", async (t) => {
  const { ask, post } = await startApi(t, {});
  t.equal((await ask(sized(maxQueryBytes))).status, 200);
  const { status, codes } = await ask(sized(maxQueryBytes + 1));
  t.same([status, codes], [400, ["QUERY_TOO_LARGE"]]);
  t.same((await ask(`{ __typename } # ${"é".repeat(maxQueryBytes / 2)}`)).codes, ["QUERY_TOO_LARGE"], "bytes count");
  t.same((await ask("{".repeat(maxQueryBytes + 1))).codes, ["QUERY_TOO_LARGE"], "not parsed");
  const query = sized(maxQueryBytes + 2);
  const extensions = { persistedQuery: { version: 1, sha256Hash: createHash("sha256").update(query).digest("hex") } };
  t.same((await post({ query, extensions })).codes, ["QUERY_TOO_LARGE"]);
  t.equal((await post({ extensions })).status, 400, "not cached under its hash either");
});

t.test("of the queries stored by their hash the least recently used is evicted", async (t) => {
  const { post } = await startApi(t, {});
  const hashed = (query: string) => ({
    persistedQuery: { version: 1, sha256Hash: createHash("sha256").update(query).digest("hex") },
  });
  const texts = Array.from({ length: cachedTexts + 1 }, (_, at) => `{ a${at}: __typename }`);
  for (const query of texts) t.equal((await post({ query, extensions: hashed(query) })).status, 200);
  const [oldest = "", second = ""] = texts;
  t.equal((await post({ extensions: hashed(second) })).status, 200);
  const forgotten = await post({ extensions: hashed(oldest) });
  t.match(forgotten, { status: 400, codes: ["MER_ERR_GQL_PERSISTED_QUERY_NOT_FOUND"] });
});

t.test("a text with too many tokens is refused too: parsed, it would take a thousand times its size", async (t) => {
  const { ask, calls } = await startApi(t, { "accounts.getAccounts": () => ({ accounts: [] }) });
  const { status, codes, errors } = await ask(`{ me { ${"id ".repeat(maxTokens)} } }`);
  t.same([status, codes], [400, ["BAD_INPUT"]]);
  t.match(errors[0]?.message, /tokens/);
  t.same(calls, []);
});
