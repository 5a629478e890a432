import { buildSchema, parse } from "graphql";
import t from "tap";
import { typeDefs } from "./graphql.ts";
import { checkCost, maxCost } from "./limits.ts";

const schema = buildSchema(typeDefs);
const check = (query: string, variables: Record<string, unknown> = {}) => checkCost(schema, parse(query), variables);
const tooMuch = { code: "QUERY_TOO_EXPENSIVE", status: "INVALID_ARGUMENT" };

t.test("what a shop asks for passes", async (t) => {
  for (const query of [
    "{ me { id orders { id orderProducts { product { name } } } } }",
    "{ products(first: 1000) { id name price currency stock category imageUrl } }",
    '{ searchProducts(query: "tea", first: 100) { items { id name } total cursor facets { field values { value count } } } }',
    "{ orders(first: 100) { id history { to at } user { username } orderProducts { product { name price } } } }",
    "mutation { placeOrder(input: { orderProducts: [] }) { id orderProducts { product { name } } } }",
  ]) {
    t.doesNotThrow(() => check(query), query);
  }
});

t.test("rows of rows are counted as what they may become", async (t) => {
  t.throws(() => check("{ users(first: 1000) { orders(first: 100) { id } } }"), tooMuch);
  t.doesNotThrow(() => check("{ users(first: 10) { orders(first: 100) { id } } }"));
});

t.test("a number of rows counts wherever it stands: literal, variable, or default", async (t) => {
  const query = "query($n: Int = 1000) { users(first: $n) { orders(first: $n) { id } } }";
  t.throws(() => check(query), tooMuch);
  t.throws(() => check(query, { n: 500 }), tooMuch);
  t.doesNotThrow(() => check(query, { n: 5 }));
  t.doesNotThrow(() => check("{ users { orders { id } } }"), "20 by 20 by the schema's default");
});

t.test("a call to a service costs, under however many names", async (t) => {
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

t.test("a field that is asked for in a fragment, often, costs each time", async (t) => {
  const spread = `{ ${Array.from({ length: 60 }, (_, at) => `a${at}: products(first: 100) { ...f }`).join(" ")} } fragment f on Product { id name price stock }`;
  t.throws(() => check(spread), tooMuch);
});

t.test("the refusal says how much it was and how much is allowed", async (t) => {
  t.throws(() => check("{ users(first: 1000) { orders(first: 1000) { id } } }"), {
    message: new RegExp(`costs \\d{7}; at most ${maxCost}`),
  });
});
