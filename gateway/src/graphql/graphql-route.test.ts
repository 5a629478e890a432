import t from "tap";
import { startApi } from "../../../tests/support/gateway.ts";
import { maxLevels } from "./graphql-request.ts";

const id = "019a0000-0000-7000-8000-000000000001";
const product = { id, name: "A thing", price: 1n, partnerId: "", imageUrl: "", attributes: {} };
const one = `{ product(id: "${id}") { name } }`;
const json = "application/json";
const typed = "application/graphql-response+json";
const found = { "catalog.getProducts": () => ({ products: [product] }) };

t.test("the `Accept` header decides the media type", async (t) => {
  const { http } = await startApi(t, found);
  for (const [accept, type] of [
    [undefined, json],
    ["*/*", json],
    ["application/*", json],
    [json, json],
    ["application/json; charset=utf-8", json],
    ["text/html, application/xhtml+xml, */*;q=0.8", json],
    [typed, typed],
    [`${typed}; charset=utf-8`, typed],
    ["APPLICATION/GRAPHQL-RESPONSE+JSON", typed],
    [`${typed}, ${json};q=0.9`, typed],
    [`${json};q=0.9, ${typed}`, typed],
    [`${typed};q=0.5, ${json}`, json],
    [`*/*, ${typed}`, typed],
    [`${typed};q=0, */*`, json],
  ] as const) {
    for (const url of ["/graphql", "/nowhere"]) {
      const request = { method: "POST", url, payload: { query: one }, headers: accept ? { accept } : {} } as const;
      const { headers } = await http.inject(request);
      t.equal(headers["content-type"], `${type}; charset=utf-8`, `${accept} ${url}`);
    }
  }
  for (const accept of ["text/html", "image/*", `${json};q=0`, "nonsense"]) {
    const answer = await http.inject({ method: "POST", url: "/graphql", payload: { query: one }, headers: { accept } });
    t.match(answer, { statusCode: 406, headers: { "content-type": /^application\/json/ } }, accept);
    t.match(answer.json(), { errors: [{ extensions: { code: "NOT_ACCEPTABLE" } }] });
  }
});

/** A query, and its status for each type that a client may accept. */
const statuses: [string, object, Record<"*/*" | typeof json | typeof typed, number>][] = [
  ["data", { query: one }, { "*/*": 200, [json]: 200, [typed]: 200 }],
  ["a syntax error", { query: "{" }, { "*/*": 400, [json]: 200, [typed]: 400 }],
  ["an unknown field", { query: "{ nothing }" }, { "*/*": 400, [json]: 200, [typed]: 400 }],
  ["a wrong variable", { query: "query($a: Int!) { __typename }" }, { "*/*": 400, [json]: 200, [typed]: 400 }],
  [
    "an unknown operation",
    { query: "query A { __typename }", operationName: "B" },
    { "*/*": 400, [json]: 200, [typed]: 400 },
  ],
  ["extensions of another type", { query: one, extensions: 1 }, { "*/*": 400, [json]: 400, [typed]: 400 }],
  ["no query", { variables: {} }, { "*/*": 400, [json]: 400, [typed]: 400 }],
  ["a field error", { query: '{ order(id: "x") { id } }' }, { "*/*": 400, [json]: 200, [typed]: 200 }],
];

t.test("the status depends on the media type; what failed before the execution has no `data`", async (t) => {
  const { http } = await startApi(t, found);
  for (const [what, payload, wanted] of statuses) {
    for (const [accept, status] of Object.entries(wanted)) {
      const answer = await http.inject({ method: "POST", url: "/graphql", payload, headers: { accept } });
      t.equal(answer.statusCode, status, `${what}, ${accept}`);
      const body = answer.json();
      t.equal("data" in body, what === "data" || what === "a field error", `${what}, ${accept}: ${answer.body}`);
    }
  }
});

t.test("a parameter that is null is absent, and one of another type is refused, by POST and GET", async (t) => {
  const { http } = await startApi(t, found);
  const post = (payload: object) => http.inject({ method: "POST", url: "/graphql", payload });
  const get = (query: Record<string, string>) => http.inject({ url: "/graphql", query });
  const query = "{ __typename }";
  for (const name of ["variables", "operationName", "extensions"]) {
    t.equal((await post({ query, [name]: null })).statusCode, 200, name);
    if (name !== "operationName") t.equal((await get({ query, [name]: "null" })).statusCode, 200, `GET ${name}`);
    t.equal((await get({ query, [name]: "" })).statusCode, 200, `GET ${name} without a value`);
  }
  for (const bad of [1, 0, true, false, "text", "", [1], []]) {
    for (const name of ["variables", "extensions"]) {
      const wanted = { statusCode: 400, body: /BAD_INPUT/ };
      t.match(await post({ query, [name]: bad }), wanted, `${name} ${JSON.stringify(bad)}`);
      t.match(await get({ query, [name]: JSON.stringify(bad) }), wanted, `GET ${name} ${JSON.stringify(bad)}`);
    }
  }
  for (const bad of [1, 0, true, false, {}, [], ["A"]]) {
    t.equal((await post({ query, operationName: bad })).statusCode, 400, `operationName ${JSON.stringify(bad)}`);
    t.equal((await post({ query: bad })).statusCode, 400, `query ${JSON.stringify(bad)}`);
  }
  for (const bad of [1, "x", [], { version: 2, sha256Hash: "x" }, { version: 1 }, { version: 1, sha256Hash: 5 }]) {
    t.match(await post({ query, extensions: { persistedQuery: bad } }), { statusCode: 400, body: /BAD_INPUT/ });
    t.match(await post({ extensions: { persistedQuery: bad } }), { statusCode: 400, body: /BAD_INPUT/ });
  }
});

const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

t.test("JSON of any depth is refused in any place, and the limit is high enough", async (t) => {
  const { http, logged } = await startApi(t, found, { cacheMs: 1_000 });
  const post = (payload: string) =>
    http.inject({ method: "POST", url: "/graphql", payload, headers: { "content-type": json } });
  const objects = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
  for (const deep of [nested(maxLevels), nested(4_388), nested(60_000), objects(maxLevels), objects(15_000)]) {
    for (const body of [
      `{"query":"{__typename}","variables":{"a":${deep}}}`,
      `{"query":"query($a: ID) {__typename}","variables":{"a":${deep}}}`,
      `{"query":"{__typename}","extensions":{"a":${deep}}}`,
      `{"query":"{__typename}","other":${deep}}`,
      `{"query":"{__typename}","operationName":${deep}}`,
      `{"query":${deep}}`,
      deep,
    ]) {
      t.match(await post(body), { statusCode: 400, body: /BAD_INPUT/ }, `${body.slice(0, 60)} ${body.length}`);
    }
    for (const name of ["variables", "extensions"]) {
      const search = new URLSearchParams({ query: "{__typename}", [name]: `{"a":${deep}}` });
      t.match(await http.inject(`/graphql?${search}`), { statusCode: 400, body: /BAD_INPUT/ }, `GET ${name}`);
    }
    const literal = `{ product(id: ${nested(400)}) { id } }`;
    t.match(await post(JSON.stringify({ query: literal })), { statusCode: 400, body: /BAD_INPUT/ }, "a literal");
    t.match(await post(JSON.stringify({ query: deep.slice(0, 16_000) })), { statusCode: 400, body: /BAD_INPUT/ });
  }
  const fine = `{"query":"{__typename}","variables":{"a":${nested(maxLevels - 2)}}}`;
  t.equal((await post(fine)).statusCode, 200);
  t.same(logged, []);
});

t.test("an operation is chosen by its name, by GET and POST, also once the query is compiled", async (t) => {
  const { http } = await startApi(t, found);
  const ask = (method: "GET" | "POST", query: string, operationName?: string) => {
    const given = { query, ...(operationName !== undefined && { operationName }) };
    return http.inject({ method, url: "/graphql", ...(method === "GET" ? { query: given } : { payload: given }) });
  };
  for (const method of ["GET", "POST"] as const) {
    for (let run = 0; run < 4; run += 1) {
      const only =
        'query A($b: Boolean = true, $c: ID! = "}") { __typename @include(if: $b) ...F } fragment F on Query { product(id: $c) @skip(if: $b) { id } }';
      t.equal((await ask(method, only)).statusCode, 200);
      t.equal((await ask(method, only, "A")).statusCode, 200);
      t.match(await ask(method, only, "B"), { statusCode: 400, body: /Unknown operation named/ }, method);
      const both = "query A { a: __typename } query B { b: __typename }";
      t.match(await ask(method, both, "B"), { statusCode: 200, body: '{"data":{"b":"Query"}}' }, method);
      t.match(await ask(method, both), { statusCode: 400, body: /Must provide operation name/ }, method);
      t.match(await ask(method, both, "C"), { statusCode: 400, body: /Unknown operation named/ }, method);
    }
  }
  const mixed = "query A { __typename } mutation B { __typename } fragment F on Product { id }";
  for (const [query, name] of [
    ["mutation { __typename }"],
    ["# query\n mutation M { __typename }"],
    [mixed.slice(0, mixed.indexOf("fragment")), "B"],
  ] as const) {
    const answer = await ask("GET", query, name);
    t.match(answer, { statusCode: 405, headers: { allow: "POST" }, body: /METHOD_NOT_ALLOWED/ }, query);
  }
  t.equal((await ask("GET", mixed.slice(0, mixed.indexOf("fragment")), "A")).statusCode, 200);
});

t.test("a variable inside a scalar's literal is its value, however often the query was asked", async (t) => {
  const { ask, requests } = await startApi(t, { "catalog.createProduct": () => ({ product }) });
  const create = (attributes: string, types: string) =>
    `mutation(${types}) { createProduct(input: { name: "A", price: 1, attributes: ${attributes} }) { name } }`;
  const query = create('{ color: $color, size: "L", grade: $grade }', "$color: String!, $grade: String");
  for (const color of ["red", "green", "blue", ""]) {
    t.equal((await ask(query, { color })).status, 200);
    t.equal((await ask(query, { color, grade: "first" })).status, 200);
  }
  const attributes = requests("catalog.createProduct").map((request) => request.attributes);
  t.match(attributes[0], { color: "red", size: "L" });
  t.match(attributes[7], { color: "", size: "L", grade: "first" });
  for (let run = 0; run < 4; run += 1) {
    for (const [wrong, types, variables] of [
      ["{ color: $color }", "$color: Int!", { color: 1 }],
      ["{ color: $color }", "$color: String", { color: null }],
      ["{ color: [$color] }", "$color: String!", { color: "red" }],
      ["{ color: { a: $color } }", "$color: String!", { color: "red" }],
      ["[$color]", "$color: String!", { color: "red" }],
      ["{ color: $colour }", "$color: String!", { color: "red" }],
    ] as const) {
      const { status, codes } = await ask(create(wrong, types), variables);
      t.same([status, codes[0]], [400, "BAD_INPUT"], wrong);
    }
  }
});

t.test("null for a variable with a default, used where null is not allowed, is the caller's error", async (t) => {
  const { ask, logged } = await startApi(t, found);
  const queries: [string, Record<string, unknown>][] = [
    [`query($a: ID = "${id}") { product(id: $a) { name } }`, { a: null }],
    [`query($a: ID = "${id}") { __typename ...F } fragment F on Query { product(id: $a) { name } }`, { a: null }],
    ["query($a: Boolean = true) { __typename @include(if: $a) }", { a: null }],
  ];
  for (const [query, variables] of queries) {
    for (let run = 0; run < 4; run += 1) {
      t.equal((await ask(query)).status, 200, query);
      t.match(await ask(query, variables), { status: 400, codes: ["BAD_INPUT"] }, query);
    }
  }
  t.same(logged, []);
});

t.test("a variable inside a list of an argument is an item, not a part of a scalar's literal", async (t) => {
  const { ask, requests } = await startApi(t, { "catalog.searchProducts": () => ({}) });
  const query =
    'query($a: String!, $b: [String!]) { searchProducts(filter: { categories: [$a, "x"] }) { totalCount } b: searchProducts(filter: { categories: $b }) { totalCount } }';
  for (const a of ["one", "two", "three", "four"]) t.same((await ask(query, { a, b: [a] })).errors, [], a);
  const categories = requests("catalog.searchProducts").map(
    ({ filter }) => (filter as { categories: string[] }).categories,
  );
  t.same(categories.slice(0, 2), [["one", "x"], ["one"]]);
  t.same(categories.slice(6), [["four", "x"], ["four"]]);
});

t.test("texts that differ in literals are parsed once, with several texts at a time", async (t) => {
  const echo = ({ ids }: { ids: string[] }) => ({ products: ids.map((one) => ({ ...product, id: one })) });
  const { http, ask } = await startApi(t, { "catalog.getProducts": echo as never });
  let parsed = 0;
  http.graphql.addHook("preValidation", async () => {
    parsed += 1;
  });
  const idOf = (at: number) => `${id.slice(0, -4)}${String(at).padStart(4, "0")}`;
  const read = async (at: number) => {
    const { data } = await ask(`{ product(id: "${idOf(at)}") { id name } }`);
    t.match(data, { product: { id: idOf(at), name: product.name } });
  };
  await read(0);
  await Promise.all(Array.from({ length: 1_000 }, (_, at) => read(at)));
  t.equal(parsed, 1);
});

t.test("an error has its place in the text that the client sent", async (t) => {
  const { ask } = await startApi(t, found);
  for (let run = 0; run < 4; run += 1) {
    const { errors } = await ask(`{\n  __typename\n  order(id: "x${run}") { id } }`);
    t.match(errors, [{ locations: [{ line: 3, column: 3 }], path: ["order"] }]);
    const invalid = await ask(`{ product(id: "${run}") {\n name\n nothing } }`);
    t.match(invalid.errors, [{ locations: [{ line: 3, column: 2 }] }]);
  }
});
