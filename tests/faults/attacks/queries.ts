import { createHash, randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { getIntrospectionQuery } from "graphql";
import type { HostileRequest } from "./send.ts";

/** `code`: every reply must have it, unless the gateway has too many requests. */
export type Attack = { name: string; request: HostileRequest; code?: string };

const times = (count: number, part: (at: number) => string, between = " ") =>
  Array.from({ length: count }, (_, at) => part(at)).join(between);
const nest = (depth: number, open: string, close: string, inside = "") =>
  `${open.repeat(depth)}${inside}${close.repeat(depth)}`;

const tooExpensive = "QUERY_TOO_EXPENSIVE";
const bad = "BAD_INPUT";

type Text = [name: string, query: string, code?: string];

/** Texts that read the schema: [name, query, code]. */
const introspections: Text[] = [
  ["introspection", getIntrospectionQuery(), "INTROSPECTION_OFF"],
  [
    "introspection under aliases",
    `{ ${times(30, (at) => `a${at}: __schema { types { name fields { name } } }`)} }`,
    "INTROSPECTION_OFF",
  ],
  ["introspection in a fragment", "{ ...f } fragment f on Query { __schema { types { name } } }", "INTROSPECTION_OFF"],
];

/** Texts that ask for much. */
const largeAnswers = (id: string): Text[] => [
  [
    "a large field under aliases",
    `{ products(first: 1000) { nodes { ${times(24, (at) => `a${at}: imageUrl`)} } } }`,
    tooExpensive,
  ],
  ["a large field of one product, 200 times", `{ product(id: "${id}") { ${times(200, (at) => `a${at}: imageUrl`)} } }`],
  [
    "large fields of two products, 240 times",
    `{ a: product(id: "${id}") { ...f } b: product(id: "${id}") { ...f } } fragment f on Product { ${times(240, (at) => `a${at}: imageUrl`)} ${times(60, (at) => `d${at}: description`)} }`,
    "RESPONSE_TOO_LARGE",
  ],
  ["large fields of all products", "{ products(first: 200) { nodes { imageUrl description attributes } } }"],
  [
    "a large list under aliases",
    `{ ${times(40, (at) => `a${at}: products(first: 1000) { nodes { id name description } }`)} }`,
    tooExpensive,
  ],
  [
    "60 searches",
    `{ ${times(60, (at) => `a${at}: searchProducts(query: "tae ${at}") { totalCount }`)} }`,
    tooExpensive,
  ],
  ["90 suggestions", `{ ${times(90, (at) => `a${at}: suggestProducts(prefix: "t${at}")`)} }`, tooExpensive],
  [
    "lists of lists",
    "{ users(first: 1000) { nodes { orders(first: 1000) { nodes { orderProducts { name } } } } } }",
    tooExpensive,
  ],
  [
    "lists of lists by variables",
    "query($n: Int = 1000) { users(first: $n) { nodes { orders(first: $n) { nodes { id } } } } }",
    tooExpensive,
  ],
  ["a negative first", "{ products(first: -1) { nodes { id } } }"],
  ["a first beyond Int", "{ products(first: 99999999999) { nodes { id } } }"],
];

/** Texts with many levels. */
const deepTexts = (id: string): Text[] => [
  ["100 levels", `{ me ${nest(50, "{ orders { nodes { user ", " } } }", "{ id }")} }`],
  ["5,000 brackets", `{ products(first: ${nest(5_000, "[", "]")}) { id } }`],
  ["5,000 braces", nest(5_000, "{ a ", " }")],
  [
    "fragments that multiply",
    `{ me { ...a0 } } ${times(25, (at) => `fragment a${at} on User { ...a${at + 1} ...a${at + 1} }`)} fragment a25 on User { id }`,
  ],
  ["fragments in a circle", "{ me { ...a } } fragment a on User { ...b } fragment b on User { ...a }", bad],
  [
    "fields that may conflict",
    `{ ${times(60, () => `product(id: "${id}") { id ...f }`)} } fragment f on Product { ${times(60, (at) => `a${at}: name`)} }`,
  ],
];

/** Long and malformed texts. */
const oddTexts: Text[] = [
  ["a text of 100 kB", `{ __typename ${"#".repeat(100_000)}\n }`, "QUERY_TOO_LARGE"],
  ["a string of 15 kB", `{ product(id: "${"a".repeat(15_000)}") { id } }`, bad],
  ["a block string of 3,000 lines", `{ product(id: """${"\n  a".repeat(3_000)}""") { id } }`, bad],
  ["2,000 escapes", `{ product(id: "${"\\u0041".repeat(2_000)}") { id } }`, bad],
  ["an escape of half a character", '{ product(id: "\\ud800") { id } }', bad],
  ["a number of 10,000 digits", `{ products(first: ${"9".repeat(10_000)}) { id } }`],
  ["a NUL", "{ __typename \u0000 }", bad],
  ["a byte order mark in the middle", "{ __type\uFEFFname }"],
  ["a subscription", "subscription { a }", bad],
  ["a schema", "type Query { a: Int }", bad],
  ["a syntax tree", JSON.stringify({ kind: "Document", definitions: [] }), bad],
];

/** Texts that say something many times. */
const repetitions: Text[] = [
  ["a field 5,000 times", `{ me { ${"id ".repeat(5_000)} } }`],
  ["an object 2,000 times", `{ ${"me { id } ".repeat(2_000)} }`],
  ["150 directives", `{ __typename ${"@include(if: true) ".repeat(150)} }`],
  ["unknown directives", `{ __typename ${"@a ".repeat(300)} }`],
  ["300 unknown fields", `{ ${times(300, (at) => `unknown${at}`)} }`, bad],
  ["150 variables that nobody uses", `query(${times(150, (at) => `$v${at}: Int`)}) { __typename }`, bad],
  ["100 operations", times(100, (at) => `query Q${at} { __typename }`), bad],
  [
    "50 log-ins",
    `mutation { ${times(50, (at) => `a${at}: login(input: { email: "a${at}@example.com", password: "wrong wrong ${at}" }) { token }`)} }`,
    tooExpensive,
  ],
  [
    "40 registrations",
    `mutation { ${times(40, (at) => `a${at}: registerUser(input: { email: "${randomUUID()}@example.com", username: "a", password: "password" }) { id }`)} }`,
    tooExpensive,
  ],
  ["20 mutations", `mutation { ${times(20, (at) => `a${at}: logoutAll { sessionsEnded }`)} }`],
];

const texts = (id: string): Text[] => [
  ...introspections,
  ...largeAnswers(id),
  ...deepTexts(id),
  ...oddTexts,
  ...repetitions,
];

const post = (body: string | Buffer, headers?: HostileRequest["headers"]): HostileRequest =>
  headers ? { body, headers } : { body };
const ask = (query: string, rest: object = {}) => post(JSON.stringify({ query, ...rest }));

const byId = "query($a: ID!) { product(id: $a) { id } }";
const variables = (json: string) => post(`{"query":${JSON.stringify(byId)},"variables":${json}}`);
const hash = (text: string) => createHash("sha256").update(text).digest("hex");
const persisted = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });

/** Hostile bodies, variables, hashes and headers: [name, request, code]. */
const requests = (ids: readonly string[]): [string, HostileRequest, string?][] => [
  ["variables of 20,000 levels", variables(`{"a":${nest(20_000, "[", "]")}}`), bad],
  ["variables of 5,000 objects", variables(nest(5_000, '{"a":', "}", "1")), bad],
  ["8,000 variables", variables(`{${times(8_000, (at) => `"v${at}":1`, ",")},"a":"x"}`)],
  ["a variable of 120 kB", variables(`{"a":"${"a".repeat(120_000)}"}`), bad],
  ["__proto__", variables('{"__proto__":{"a":1}}')],
  ["a number beyond all", variables('{"a":1e400}')],
  ["all ids at once", ask(`{ ${times(80, (at) => `a${at}: product(id: "${ids[at]}") { imageUrl }`)} }`)],
  ["a hash of nothing", post(JSON.stringify(persisted(hash("nothing"))))],
  ["a wrong hash", ask("{ __typename }", persisted(hash("other"))), bad],
  ["a hash of 100 kB", post(JSON.stringify(persisted("a".repeat(100_000))))],
  [
    "a large text to keep",
    ask(`{ __typename ${"#".repeat(15_000)}\n }`, persisted(hash(`{ __typename ${"#".repeat(15_000)}\n }`))),
  ],
  ["no JSON", post("{".repeat(10_000))],
  ["a list of queries", post(JSON.stringify(Array.from({ length: 1_000 }, () => ({ query: "{ __typename }" }))))],
  ["a body of 1 MB", post("a".repeat(1_000_000))],
  ["bytes that are not UTF-8", post(Buffer.alloc(1_000, 0xff))],
  ["a zipped body", post(gzipSync("a".repeat(1_000_000)), { "content-encoding": "gzip" }), "UNSUPPORTED_MEDIA_TYPE"],
  ["another type", post("{}", { "content-type": "text/xml" })],
  ["a form", post("query={__typename}", { "content-type": "application/x-www-form-urlencoded" })],
  ["a token of 7 kB", { ...ask("{ me { id } }"), headers: { authorization: `Bearer ${"a.".repeat(3_500)}` } }],
  ["an Accept of 7 kB", { ...ask("{ __typename }"), headers: { accept: "a/b;q=0.1,".repeat(700) } }],
  ["a header of 100 kB", { ...ask("{ __typename }"), headers: { "x-long": "a".repeat(100_000) } }],
  ["a path of 7 kB", { method: "GET", path: `/${"a/".repeat(3_500)}` }],
  [
    "a query in a URL of 15 kB",
    { method: "GET", path: `/graphql?query=${encodeURIComponent(`{ __typename ${"#".repeat(5_000)}`)}` },
  ],
  ["another method", { method: "TRACE" }],
  [
    "a preflight",
    { method: "OPTIONS", headers: { origin: "https://evil.example", "access-control-request-method": "POST" } },
  ],
];

export function queryAttacks(ids: readonly string[], token: string): Attack[] {
  const signed = (request: HostileRequest) => ({
    ...request,
    headers: { authorization: `Bearer ${token}`, ...request.headers },
  });
  const attack = (name: string, request: HostileRequest, code?: string): Attack => ({
    name,
    request: signed(request),
    ...(code && { code }),
  });
  return [
    ...texts(ids[0] ?? "").map(([name, query, code]) => attack(name, ask(query), code)),
    ...requests(ids).map(([name, request, code]) => attack(name, request, code)),
  ];
}
