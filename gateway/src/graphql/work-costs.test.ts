import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, parse, validate } from "graphql";
import t from "tap";
import { fieldCosts, typeDefs } from "../domains/domains.ts";
import { createCostLimit, maxCost } from "./query-limits.ts";

const schema = buildSchema(typeDefs);
const limit = createCostLimit(fieldCosts);
const cost = (query: string) => limit.costOf(schema, parse(query), {});
const aliases = (count: number, field: string) =>
  `{ ${Array.from({ length: count }, (_, at) => `a${at}: ${field}`).join(" ")} }`;

t.test("a search costs its work, and so does a list with a search text", async (t) => {
  const list = cost("{ products(first: 1) { __typename } }");
  t.equal(cost('{ products(query: "tea", first: 1) { __typename } }'), list + 900);
  t.equal(
    cost("query($text: String) { products(query: $text, first: 1) { __typename } }"),
    list + 900,
    "by a variable",
  );
  t.equal(cost('{ searchProducts(query: "tea", first: 1) { __typename } }'), 1_001);
  t.equal(cost('{ suggestProducts(prefix: "t") }'), 400);
  t.ok(cost(aliases(20, 'searchProducts(query: "coffe") { __typename }')) <= maxCost);
  for (const search of ['searchProducts(query: "coffe") { __typename }', 'products(query: "coffe") { __typename }'])
    t.ok(cost(aliases(90, search)) > maxCost, search);
});

t.test("a password costs the work of its hashes", async (t) => {
  const logIn = 'login(input: { email: "a@b.test", password: "x" }) { __typename }';
  const change = 'changePassword(input: { currentPassword: "x", newPassword: "y" }) { __typename }';
  t.equal(cost(`mutation { ${logIn} }`), 1_001);
  t.equal(cost(`mutation { ${change} }`), 1_901);
  t.ok(cost(`mutation ${aliases(30, logIn)}`) > maxCost);
});

t.test("every field with work exists in the schema, with its argument", async (t) => {
  for (const key of Object.keys(fieldCosts.work)) {
    const [, type = "", field = "", argument] = /^(\w+)\.(\w+)(?:\((\w+)\))?$/.exec(key) ?? [];
    const found = type === "Query" ? schema.getQueryType() : schema.getMutationType();
    t.ok(found?.getFields()[field], key);
    if (argument)
      t.ok(
        found?.getFields()[field]?.args.some(({ name }) => name === argument),
        key,
      );
  }
});

t.test("the guide has the costs of usual requests", (t) => {
  const guide = readFileSync(join(import.meta.dirname, "../../../docs/api.md"), "utf8");
  const rows = [...guide.matchAll(/^\| `((?:mutation )?\{ .+ \})` \| ([\d,]+) \|$/gm)];
  t.ok(rows.length >= 10);
  for (const [, query = "", documented] of rows) {
    t.same(validate(schema, parse(query)), [], query);
    t.equal(documented, cost(query).toLocaleString("en"), query);
  }
  t.end();
});
