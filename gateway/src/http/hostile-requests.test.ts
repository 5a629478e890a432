import assert from "node:assert/strict";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import type { FastifyInstance, InjectOptions } from "fastify";
import t, { type Test } from "tap";
import { startApi } from "../../../tests/support/gateway.ts";

t.setTimeout(300_000);
const product = { id: "p", name: "A", price: 1n, partnerId: "", imageUrl: "", attributes: {} };
const answers = {
  "catalog.getProducts": () => ({ products: [] }),
  "catalog.createProduct": () => ({ product }),
  "catalog.listProducts": () => ({ products: [] }),
};
const start = (t: Test) => startApi(t, answers, { cacheMs: 1_000 });

/** A response of ours: data, or errors with a code, and never a server's error. */
function check({ statusCode, body }: { statusCode: number; body: string }): void {
  assert.ok(statusCode < 500, `${statusCode} ${body.slice(0, 300)}`);
  if (statusCode === 304 || statusCode === 204 || body === "") return;
  const { data, errors } = JSON.parse(body) as { data?: unknown; errors?: { extensions: { code: string } }[] };
  assert.ok(data !== undefined || errors !== undefined, body);
  for (const { extensions } of errors ?? []) assert.match(extensions.code, /^[A-Z][A-Z0-9_]+$/);
}

const send = async (http: FastifyInstance, request: InjectOptions) => check(await http.inject(request));
const post = (body: string | Buffer): InjectOptions => ({
  method: "POST",
  url: "/graphql",
  payload: body,
  headers: { "content-type": "application/json" },
});

const queries = [
  "{ __typename }",
  "query($a: ID!) { product(id: $a) { id } }",
  "query($a: [ID!], $b: Int) { a: __typename products(first: $b) { nodes { id } } }",
  "mutation($a: CreateProductInput!) { createProduct(input: $a) { id } }",
  'mutation($a: String) { createProduct(input: { name: "A", price: 1, attributes: { a: $a } }) { id } }',
  'mutation($a: MinorUnits!, $b: TextMap) { createProduct(input: { name: "A", price: $a, attributes: $b }) { id } }',
];
const nested = fc
  .record({ levels: fc.integer({ min: 1, max: 6_000 }), list: fc.boolean() })
  .map(({ levels, list }) =>
    list ? `${"[".repeat(levels)}${"]".repeat(levels)}` : `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`,
  );
const anyJson = fc.oneof(
  { weight: 20, arbitrary: fc.json({ maxDepth: 6, stringUnit: "binary" }) },
  { weight: 2, arbitrary: nested },
  {
    weight: 2,
    arbitrary: fc.constantFrom("null", '""', "1e400", "-0", "12345678901234567890", '"\\ud800"', '{"__proto__":{}}'),
  },
);
const parameter = fc.oneof({ weight: 3, arbitrary: anyJson }, { weight: 1, arbitrary: fc.constant(undefined) });
const queryText = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...queries).map((query) => JSON.stringify(query)) },
  { weight: 1, arbitrary: anyJson },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 200 }).map((one) => JSON.stringify(one)) },
);

t.test("JSON of any shape in any place of a request is data or an error of the caller", async (t) => {
  const { http, logged } = await start(t);
  const shapes = fc.record({
    query: queryText,
    a: parameter,
    b: parameter,
    whole: parameter,
    extensions: parameter,
    operationName: parameter,
    byGet: fc.boolean(),
  });
  const property = fc.asyncProperty(shapes, async ({ query, a, b, whole, extensions, operationName, byGet }) => {
    const variables = whole ?? `{${[a && `"a":${a}`, b && `"b":${b}`].filter(Boolean).join()}}`;
    const given = Object.entries({ query, variables, extensions, operationName }).filter(
      ([, one]) => one !== undefined,
    );
    if (!byGet) return send(http, post(`{${given.map(([name, one]) => `${JSON.stringify(name)}:${one}`).join()}}`));
    const search = new URLSearchParams(
      given.map(([name, one]) => [name, name === "query" ? queries[0] : one] as [string, string]),
    );
    await send(http, { url: `/graphql?${search}` });
  });
  await fc.assert(property, { numRuns: 10_000 });
  t.same(logged, []);
});

t.test("literals of any shape are data or an error of the caller", async (t) => {
  const { http, logged } = await start(t);
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(
        "1",
        "-1",
        "1.5",
        "1e3",
        "true",
        "null",
        "NAME",
        '""',
        '"a"',
        '"""a"""',
        "$a",
        "$nothing",
        "2147483648",
      ),
      fc.string({ maxLength: 10 }).map((one) => JSON.stringify(one)),
      fc.array(tie("value"), { maxLength: 3 }).map((items) => `[${items.join()}]`),
      fc.array(tie("value"), { maxLength: 3 }).map((items) => `{${items.map((one, at) => `k${at}: ${one}`).join()}}`),
    ),
  }));
  const places: ((one: string) => string)[] = [
    (one) => `query($a: ID = "x") { product(id: ${one}) { id } b: product(id: $a) { id } }`,
    (one) => `query($a: Int) { products(first: ${one}) { nodes { id } } b: products(first: $a) { nodes { id } } }`,
    (one) => `mutation($a: String) { createProduct(input: { name: "A", price: 1, attributes: ${one} }) { id } }`,
    (one) => `mutation($a: String) { createProduct(input: { name: $a, price: ${one} }) { id } }`,
    (one) => `query($a: ID! = ${one}) { product(id: $a) { id } }`,
    (one) => `query($a: Boolean! = true) { __typename @include(if: ${one}) b: __typename @skip(if: $a) }`,
  ];
  const variables = fc.constantFrom({}, { a: "x" }, { a: null }, { a: 1 }, { a: [] });
  const property = fc.asyncProperty(value, fc.constantFrom(...places), variables, (one, place, given) =>
    send(http, post(JSON.stringify({ query: place(one), variables: given }))),
  );
  await fc.assert(property, { numRuns: 10_000 });
  t.same(logged, []);
});

const methods = ["GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
const names = [
  "accept",
  "authorization",
  "content-type",
  "content-encoding",
  "if-none-match",
  "origin",
  "expect",
  "access-control-request-method",
  "access-control-request-headers",
  "traceparent",
  "tracestate",
  "baggage",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-http-method-override",
  "range",
  "cookie",
  "accept-version",
  "accept-encoding",
  "te",
  "upgrade",
  "connection",
  "cache-control",
  "host",
];
const headerValue = fc
  .oneof(
    fc.string({ maxLength: 60 }),
    fc.stringMatching(/^[a-zA-Z*]{0,12}\/[a-zA-Z*+-]{0,20}(;q=[0-9.]{1,4})?(, ?[a-z*]{1,9}\/[a-z*]{1,9})?$/),
    fc.constantFrom(
      "*",
      "*/*",
      'W/"',
      '"',
      "bearer",
      "Bearer ",
      "bearer a.b.c",
      "application/json",
      "gzip",
      ",",
      ";",
      "=;=",
      "application/json; charset=utf-7",
      "application/graphql",
      "text/plain",
      "application/graphql-response+json;q=x",
    ),
  )
  .map((one) => one.replaceAll(/[^\t\x20-\x7e]/g, "?"));

t.test("headers of any form, with any method and path, lead to a response below 500", async (t) => {
  const { http, logged } = await start(t);
  const path = fc.oneof(
    fc.constantFrom(
      "/graphql",
      "/graphql?query={__typename}",
      "/healthz",
      "/",
      "//",
      "/graphql/",
      "/%",
      "/graphql?%",
      "*",
    ),
    fc.webPath().map((one) => `/a${one}`),
    fc.string({ maxLength: 40 }).map((one) => `/${one.replaceAll(/[^!-~]|[/\\]/g, "?")}`),
  );
  const headers = fc.dictionary(fc.constantFrom(...names), headerValue, { maxKeys: 5 });
  const body = fc.constantFrom(undefined, "", "{}", '{"query":"{ __typename }"}', '{"query":"{');
  const property = fc.asyncProperty(
    fc.constantFrom(...methods),
    path,
    headers,
    body,
    async (method, url, given, payload) => {
      await send(http, { method, url, headers: given, ...(payload !== undefined && { payload }) });
    },
  );
  await fc.assert(property, { numRuns: 10_000 });
  t.same(logged, []);
});

t.test("bytes of any kind in a body lead to a response below 500", async (t) => {
  const { http, logged } = await start(t);
  const valid = Buffer.from('{"query":"query($a: ID!) { product(id: $a) { id } }","variables":{"a":"x"}}');
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((some) => Buffer.from(some)),
    fc
      .record({ place: fc.nat(valid.length), with: fc.uint8Array({ maxLength: 4 }), drop: fc.nat(4) })
      .map((cut) => Buffer.concat([valid.subarray(0, cut.place), cut.with, valid.subarray(cut.place + cut.drop)])),
  );
  await fc.assert(
    fc.asyncProperty(bytes, (body) => send(http, post(body))),
    { numRuns: 10_000 },
  );
  t.same(logged, []);
});

/** What the server sends back to a client that sends bytes and then ends its side. */
function received(port: number, bytes: Uint8Array): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.end(bytes);
  return text(socket).catch(() => "");
}

t.test("bytes of any kind on a connection get a response below 500, or none", async (t) => {
  const { http, logged } = await start(t);
  await http.listen({ host: "127.0.0.1", port: 0 });
  const { port } = http.server.address() as AddressInfo;
  const valid = Buffer.from(
    'POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 26\r\n\r\n{"query":"{ __typename }"}',
  );
  const cut = fc.record({ place: fc.nat(valid.length), with: fc.uint8Array({ maxLength: 8 }), drop: fc.nat(6) });
  const property = fc.asyncProperty(cut, async ({ place, with: bytes, drop }) => {
    const sent = Buffer.concat([valid.subarray(0, place), bytes, valid.subarray(place + drop)]);
    const answer = await received(port, sent);
    assert.ok(/^(HTTP\/1\.1 [1-4]\d\d |$)/.test(answer), answer);
  });
  await fc.assert(property, { numRuns: 400 });
  t.same(logged, []);
});
