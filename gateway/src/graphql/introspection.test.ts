import { buildSchema, execute, getIntrospectionQuery, parse } from "graphql";
import t from "tap";
import { startApi } from "../../../tests/support/gateway.ts";
import { fieldCosts, typeDefs } from "../domains/domains.ts";
import { createCostLimit, maxCost } from "./query-limits.ts";

const schema = buildSchema(typeDefs);
const limit = createCostLimit(fieldCosts);
const cost = (query: string) => limit.costOf(schema, parse(query), {});

t.test("introspection is off, for all but the names of types", async (t) => {
  const { ask } = await startApi(t, {});
  for (const query of [
    getIntrospectionQuery(),
    '{ __type(name: "User") { name } }',
    "{ a: __schema { types { name } } }",
    "{ ...f } fragment f on Query { __schema { types { name } } }",
    "{ ... on Query { __schema { types { name } } } }",
  ]) {
    const again = [await ask(query), await ask(query), await ask(query), await ask(query)];
    for (const answer of again) t.match(answer, { status: 400, codes: ["INTROSPECTION_OFF"] }, query);
  }
  t.same((await ask("{ __typename }")).data, { __typename: "Query" });
});

t.test("introspection may be on; then the query of tools passes", async (t) => {
  const { ask } = await startApi(t, {}, { introspection: true });
  const { status, data } = await ask(getIntrospectionQuery());
  t.equal(status, 200);
  t.ok((data as { __schema: { types: unknown[] } }).__schema.types.length > 20);
});

t.test("introspection costs about the values that it returns", async (t) => {
  const values = (value: unknown): number =>
    typeof value === "object" && value !== null ? Object.values(value).reduce((sum, one) => sum + values(one), 1) : 1;
  for (const query of [
    getIntrospectionQuery(),
    "{ __schema { types { name } } }",
    "{ __schema { types { fields { name args { name } } } } }",
    "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
  ]) {
    const returned = values((await execute({ schema, document: parse(query) })).data);
    t.ok(cost(query) > returned / 4, `${query}: cost ${cost(query)}, ${returned} values`);
  }
  t.ok(cost(getIntrospectionQuery()) < maxCost);
  const part =
    "types { name description fields { name description args { name description } type { name fields { name } } } }";
  const aliases = Array.from({ length: 30 }, (_, at) => `a${at}: ${part}`).join(" ");
  t.throws(() => limit.check(schema, parse(`{ __schema { ${aliases} } }`), {}), { code: "QUERY_TOO_EXPENSIVE" });
});
