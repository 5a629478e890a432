import fc from "fast-check";
import { buildSchema, execute, GraphQLError, type GraphQLSchema, parse, validate } from "graphql";
import t from "tap";
import { createLiteralLift } from "./lifted-literals.ts";
import { maxTokens } from "./query-limits.ts";

const schema = buildSchema(`
  scalar MinorUnits
  scalar TextMap
  enum Order { ASC DESC }
  input Line { id: ID!, units: Int! = 1, notes: [String!], ratio: Float, map: TextMap, line: Line }
  type Query {
    echo(id: ID, text: String, name: String!, int: Int = 5, float: Float, price: MinorUnits, map: TextMap, order: Order,
      flag: Boolean, ids: [ID!], lines: [[Line]], line: Line): String
    fails(id: ID): String
    query: Query
  }
`);
const resolvers = {
  echo: (args: object) => JSON.stringify(args),
  fails() {
    throw new GraphQLError("fails");
  },
  query: () => resolvers,
};
const lift = createLiteralLift(() => schema);

function run(on: GraphQLSchema, query: string, variableValues: Record<string, unknown>) {
  try {
    const document = parse(query);
    const errors = validate(on, document);
    return errors.length > 0 ? { errors } : execute({ schema: on, document, rootValue: resolvers, variableValues });
  } catch (error) {
    return { errors: [error as GraphQLError] };
  }
}

type Result = { data?: unknown; errors?: readonly GraphQLError[] };

/** A result as a client sees it. */
const shown = ({ data, errors = [] }: Result, locate = (one: { line: number; column: number }) => one) => ({
  data: JSON.stringify(data),
  errors: errors.map(({ message, path, locations }) => ({ message, path, locations: locations?.map(locate) })),
});

function sameAsGiven(
  t: { same(found: unknown, wanted: unknown, message: string): void },
  text: string,
  variables = {},
) {
  const lifted = lift(text);
  const found = run(schema, lifted.query, { ...variables, ...lifted.variables });
  t.same(shown(found as Result, lifted.locate), shown(run(schema, text, variables) as Result), text);
  return lifted;
}

t.test("texts that differ only in literals become one text", async (t) => {
  const texts = (text: (value: number) => string) => new Set([1, 2, 3].map((value) => lift(text(value)).query)).size;
  t.equal(
    texts((value) => `{ echo(name: "n${value}") }`),
    1,
  );
  t.equal(
    texts((value) => `query Q { echo(name: "n", int: ${value}) }`),
    1,
  );
  t.equal(
    texts((value) => `query($a: Int) { echo(name: "n", ids: ["${value}"], int: $a) }`),
    1,
  );
  t.equal(
    texts((value) => `{ echo(name: "n", line: { id: ${value}, notes: ["${value}"] }) }`),
    1,
  );
  t.equal(
    texts((value) => `{ query { ...F } } fragment F on Query { echo(name: """${value}""") }`),
    1,
  );
  t.equal(
    texts((value) => `# ${value}\n{ echo(name: "n${value}")${" ".repeat(value)}}`),
    1,
  );
  t.equal(
    texts((value) => `{ echo(name: "n", price: ${value}${"0".repeat(12)}) }`),
    1,
  );
});

t.test("literals stay where a variable would mean something else", async (t) => {
  for (const text of [
    "query($a: Int = 3) { echo(name: $b, int: $a) }",
    "{ echo(name: $b) @include(if: true) }",
    '{ echo @skip(if: "text") }',
    '{ echo(map: { color: "red" }) }',
    "{ echo(id: 5.5) }",
    '{ echo(int: "5") }',
    "{ echo(int: 99999999999) }",
    '{ echo(ids: "one", name: $b) }',
    "{ echo(price: 1.5) }",
    "{ echo(unknown: 5) unknown(id: 5) }",
    'query A { echo(name: "a") } query B { echo(name: "b") }',
    '{ echo(name: "a") } fragment F on Query { echo(name: "b") }',
    '{ echo(name: "_lifted0") }',
    "{ echo(name: ",
  ]) {
    t.equal(lift(text).query, text);
    t.same(lift(text).variables, {});
  }
});

t.test("a text keeps its literals when variables would make it too long", async (t) => {
  const fields = (count: number) =>
    `{ ${Array.from({ length: count }, (_, at) => `f${at}: echo(name: "n${at}")`).join(" ")} }`;
  t.match(lift(fields(10)).query, /^query\(\$_lifted0: String! /);
  const text = fields(maxTokens / 8 - 1);
  t.equal(lift(text).query, text);
});

t.test("an error has its place in the client's text", async (t) => {
  sameAsGiven(t, '{\n  echo(name: "a")\n  fails(id: "with \\" and \\n")\n  b: fails(id: 7) }');
  sameAsGiven(t, 'query Name(\n$a: ID) {\n  query { x: fails(id: "x")\n fails(id: $a) } }', { a: "1" });
  sameAsGiven(t, '{ echo(name: "a", int: 4)\n  unknown }');
  sameAsGiven(t, '{\n echo(name: "a")\n echo(name: "b") }');
});

const name = fc.constantFrom("a", "b", "n1");
const string = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "$_x", "}", "#", "_lifted"));
const text = string.map((value) => JSON.stringify(value));
const block = fc.string({ unit: "grapheme-ascii" }).map((value) => `"""${value.replaceAll(/["\\]/g, "")}"""`);
const integer = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.bigInt()).map(String);
const float = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value.toExponential());
const literal = fc.oneof(text, block, integer, float, fc.constantFrom("true", "null", "ASC", "$v", "-0", "[]", "{}"));
const value = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    literal,
    fc.array(tie("value"), { maxLength: 3 }).map((values) => `[${values.join(" ")}]`),
    fc
      .uniqueArray(fc.tuple(fc.constantFrom("id", "units", "notes", "ratio", "map", "line", "no"), tie("value")), {
        maxLength: 3,
        selector: ([key]) => key,
      })
      .map((fields) => `{${fields.map(([key, one]) => `${key}: ${one}`).join(", ")}}`),
  ),
})).value;
const fitting: Record<string, fc.Arbitrary<string>> = {
  id: fc.oneof(text, integer),
  text: fc.oneof(text, block),
  name: text,
  int: fc.integer().map(String),
  float: fc.oneof(float, fc.integer().map(String)),
  price: fc.maxSafeInteger().map(String),
  ids: fc.array(text).map((ids) => `[${ids.join(" ")}]`),
  line: fc.tuple(text, fc.integer(), float).map(([id, units, ratio]) => `{id: ${id} units: ${units} ratio: ${ratio}}`),
};
const argument = fc
  .constantFrom(...Object.keys(fitting), "map", "order", "flag", "lines")
  .chain((key) => fc.oneof({ weight: 9, arbitrary: fitting[key] ?? value }, value).map((one) => [key, one] as const));
const field = fc
  .tuple(
    name,
    fc.uniqueArray(argument, { maxLength: 4, selector: ([key]) => key }),
    fc.constantFrom(" ", "\n  ", "# c\n"),
  )
  .map(([alias, args, space]) => {
    const given = args.map(([key, one]) => `${key}:${space}${one}`).join(", ");
    return `${alias}: echo(${args.some(([key]) => key === "name") ? "" : 'name: "n" '}${given})${space}`;
  });
const query = fc
  .tuple(
    fc.constantFrom("", "query ", "query N ", "query N($v: ID = 7) ", "query($v: [ID!]) "),
    fc.array(field, { minLength: 1, maxLength: 4 }),
    fc.option(field),
  )
  .map(([head, fields, inFragment]) => {
    const spread = inFragment ? " query { ...F }" : "";
    return `${head}{ ${fields.join(" ")}${spread} }${inFragment ? ` fragment F on Query { ${inFragment} }` : ""}`;
  });

t.test("any text and its lifted one have the same result, also again with other literals", async (t) => {
  const found = { lifted: 0, right: 0 };
  const test = {
    same: (one: unknown, wanted: unknown, message: string) => {
      if (JSON.stringify(one) !== JSON.stringify(wanted))
        throw new Error(`${message}\n${JSON.stringify([one, wanted])}`);
    },
  };
  fc.assert(
    fc.property(query, (one) => {
      const lifted = sameAsGiven(test, one, { v: "1" });
      if (Object.keys(lifted.variables).length === 0) return;
      found.lifted += 1;
      if (!("errors" in run(schema, one, { v: "1" }))) found.right += 1;
      for (const step of [1, 2])
        sameAsGiven(
          test,
          one.replaceAll(/\d/g, (digit) => `${(+digit + step) % 10}`),
          { v: "1" },
        );
    }),
    { numRuns: 2_000 },
  );
  t.ok(found.lifted > 300 && found.right > 40, JSON.stringify(found));
});
