import { connect } from "node:net";
import t, { type Test } from "tap";
import { Person } from "../support/graphql.ts";
import { admin, newCustomer, newProduct, placeOrder } from "../support/people.ts";
import { startSystem } from "../support/system.ts";

const system = await startSystem(t, { env: { gateway: { SIDECART_RATE_LIMIT: "1000000" } } });
const { gatewayUrl } = system;
const pids = () => Object.fromEntries([...system.processes].map(([name, process]) => [name, process.pid]));
const before = pids();
const shop = await admin(gatewayUrl);
const product = await newProduct(shop, { stock: 100 });

const json = { "content-type": "application/json" };
type Sent = {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
  path?: string;
};

/** The status and the codes of an answer; one that takes longer than 5 seconds fails. */
async function send({ path = "/graphql", headers = json, method = "POST", body }: Sent) {
  const authorization = `Bearer ${shop.token}`;
  const response = await fetch(`${gatewayUrl}${path}`, {
    method,
    headers: { authorization, ...headers },
    ...(body !== undefined && { body }),
    signal: AbortSignal.timeout(5_000),
  });
  const answer = (await response.json()) as { data?: unknown; errors?: { extensions?: { code?: string } }[] };
  return { status: response.status, codes: (answer.errors ?? []).map(({ extensions }) => extensions?.code) };
}
const query = (text: string, rest: object = {}) => send({ body: JSON.stringify({ query: text, ...rest }) });
const refused = (t: Test, answer: { status: number; codes: unknown[] }, status: number, what: string) => {
  t.equal(answer.status, status, `${what}: ${answer.codes}`);
  t.ok(answer.codes.length > 0 && answer.codes.every((code) => /^[A-Z][A-Z0-9_]+$/.test(String(code))), what);
};

t.test("a body that is no request is refused", async (t) => {
  const bodies = {
    nothing: "",
    "half an object": '{"query": "{ me { id } }"',
    "a number": "1",
    null: "null",
    "an empty object": "{}",
    "no query": '{"variables": {}}',
    "an empty query": '{"query": ""}',
    "a query that is no text": '{"query": {"a": 1}}',
    "a list of queries": '[{"query": "{ me { id } }"}, {"query": "{ me { id } }"}]',
    "an empty list": "[]",
    "variables that are a text": '{"query": "{ me { id } }", "variables": "x"}',
    "variables that are a list": '{"query": "{ me { id } }", "variables": [1]}',
    "an operation name that is a number": '{"query": "{ me { id } }", "operationName": {"a": 1}}',
    "an operation that is not there": '{"query": "query A { me { id } }", "operationName": "B"}',
    "a prototype": '{"query": "{ me { id } }", "__proto__": {"admin": true}}',
    "a constructor": '{"query": "{ me { id } }", "constructor": {"prototype": {"admin": true}}}',
    "brackets without end": "[".repeat(100_000),
    "bytes that are no UTF-8": Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
  };
  for (const [what, body] of Object.entries(bodies)) refused(t, await send({ body }), 400, what);
});

t.test("a body that is too large is refused, however it is sent", async (t) => {
  const head = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
  t.match(
    await raw(`${head}Content-Length: 10485760\r\n\r\n`),
    /^HTTP\/1\.1 413 .*FST_ERR_CTP_BODY_TOO_LARGE/s,
    "10 MB",
  );
  const bit = 256 * 1024 + 1;
  const chunk = `${bit.toString(16)}\r\n${" ".repeat(bit)}\r\n`;
  t.match(
    await raw(`${head}Transfer-Encoding: chunked\r\n\r\n`, chunk),
    /^HTTP\/1\.1 413 /,
    "a length that nobody told",
  );
  // The answer comes before the end of the body: a client that goes on writing may not get to read it.
  const whole = await send({ body: " ".repeat(10 * 1024 * 1024) }).catch((error: Error) => error);
  t.ok(
    whole instanceof Error ? /EPIPE|ECONNRESET/.test(String(whole.cause)) : whole.status === 413,
    "10 MB all the same",
  );
});

t.test("a content type that is not JSON is refused", async (t) => {
  const body = JSON.stringify({ query: "{ me { id } }" });
  for (const type of ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "image/png"]) {
    refused(t, await send({ headers: { "content-type": type }, body }), 415, type);
  }
  for (const type of ["application/graphql", "text/plain"]) {
    refused(t, await send({ headers: { "content-type": type }, body }), 400, type);
  }
});

t.test("a query that is none is refused", async (t) => {
  const queries = {
    "half a query": "{ me { id }",
    "another language": "select * from orders",
    "an unknown field": "{ secrets { id } }",
    "an unknown argument": "{ users(limit: 1) { id } }",
    "an object without its fields": "{ me }",
    "a variable nobody declared": "{ user(id: $id) { id } }",
    "a subscription": "subscription { orders { id } }",
    "two anonymous operations": "{ me { id } } { me { id } }",
    "a fragment of itself": "{ me { ...a } } fragment a on User { id ...a }",
    "half a surrogate pair": '{ user(id: "\ud800") { id } }',
    "half a pair, escaped": '{ user(id: "\\ud800") { id } }',
    "a NUL": "{ me { id\0 } }",
    "a syntax tree": JSON.stringify({ kind: "Document", definitions: [] }),
    "null in JSON": "null",
    "an object in JSON": "{}",
    "only a comment": "# nothing",
    "a mark": "\ufeff",
  };
  for (const [what, text] of Object.entries(queries)) refused(t, await query(text), 400, what);
});

t.test("queries that ask too much are refused before they run", async (t) => {
  const nest = (depth: number) => `{ me ${"{ orders { user ".repeat(depth)}{ id }${" } }".repeat(depth)} }`;
  const everything = "id name description price currency stock category attributes imageUrl version createdAt";
  const expensive = {
    "30 deep": nest(15),
    "1,000 deep": nest(500),
    "deep by fragments": `{ me { ...f0 } } ${Array.from({ length: 30 }, (_, at) => `fragment f${at} on User { orders { user { ...f${at + 1} } } }`).join(" ")} fragment f30 on User { id }`,
    "deep introspection": `{ __schema { types ${"{ fields { type ".repeat(30)}{ name }${" } }".repeat(30)} } }`,
    "rows of rows": "{ users(first: 1000) { orders(first: 1000) { orderProducts { name } } } }",
    "rows by a variable": "query($n: Int = 1000) { users(first: $n) { orders(first: $n) { id quantity } } }",
    "2,000 aliases": `{ ${Array.from({ length: 2_000 }, (_, at) => `a${at}: product(id: "x") { id }`).join(" ")} }`,
    "many aliases of a list": `{ ${Array.from({ length: 40 }, (_, at) => `a${at}: products(first: 1000) { ${everything} }`).join(" ")} }`,
    "one field 60,000 times": `{ me { ${"id ".repeat(60_000)} } }`,
    "one object 8,000 times": `{ ${"me { id } ".repeat(8_000)} }`,
    "a thousand directives": `{ me { id ${"@include(if: true) ".repeat(10_000)} } }`,
    "fragments that multiply": `{ me { ...a0 } } ${Array.from({ length: 25 }, (_, at) => `fragment a${at} on User { ...a${at + 1} ...a${at + 1} }`).join(" ")} fragment a25 on User { id }`,
    "mutations by alias": `mutation { ${Array.from({ length: 1_500 }, (_, at) => `a${at}: logoutAll { sessionsEnded }`).join(" ")} }`,
  };
  for (const [what, text] of Object.entries(expensive)) refused(t, await query(text), 400, what);
});

t.test("many operations in one text: the one that is named runs", async (t) => {
  const text = "query A { me { id } } query B($id: ID!) { product(id: $id) { name } }";
  const run = async (operationName: string, variables = {}) => {
    const body = JSON.stringify({ query: text, operationName, variables });
    const headers = { ...json, authorization: `Bearer ${shop.token}` };
    return (await (await fetch(`${gatewayUrl}/graphql`, { method: "POST", headers, body })).json()) as object;
  };
  // Often enough that the query would be compiled.
  for (let at = 0; at < 6; at += 1) {
    t.match(await run("A", { id: product }), { data: { me: { id: /./ } } });
    t.same(await run("B", { id: product }), { data: { product: { name: "A thing" } } });
  }
});

t.test("GET reads, and only what is a query", async (t) => {
  const get = (search: string) => send({ method: "GET", path: `/graphql?${search}`, headers: {} });
  const encoded = (text: string) => `query=${encodeURIComponent(text)}`;
  t.same(await get(encoded("{ me { id } }")), { status: 200, codes: [] });
  refused(t, await get(""), 400, "nothing");
  refused(t, await get(encoded("{ me {")), 400, "half a query");
  refused(t, await get("query=%ff%fe"), 400, "bytes that are no UTF-8");
  refused(t, await get(`${encoded("{ me { id } }")}&variables=x`), 400, "variables that are no JSON");
  refused(t, await get(encoded("mutation { logoutAll { sessionsEnded } }")), 405, "a mutation");
  refused(t, await send({ method: "GET", path: "/nowhere", headers: {} }), 404, "another path");
  refused(t, await send({ method: "PUT", body: "{}" }), 404, "another method");
});

t.test("whatever stands in the Authorization header is at most no token", async (t) => {
  const body = JSON.stringify({ query: "{ orders { id } }" });
  for (const authorization of [
    "",
    "Bearer",
    "Bearer  ",
    "Basic YTpi",
    "Bearer é",
    "Bearer a.b.c",
    `Bearer ${"a".repeat(12_000)}`,
    "Bearer ü.ü.ü",
    "\t",
  ]) {
    refused(t, await send({ headers: { ...json, authorization }, body }), 401, authorization.slice(0, 20));
  }
  for (const header of [
    "traceparent",
    "tracestate",
    "baggage",
    "dapr-app-id",
    "x-forwarded-for",
    "dapr-caller-app-id",
  ]) {
    for (const value of ["x", "é", "00-0-0-0", "a".repeat(2_000), "orders"]) {
      t.equal(
        (await send({ headers: { ...json, [header]: value }, body })).status,
        200,
        `${header}: ${value.slice(0, 20)}`,
      );
    }
  }
});

t.test("what is not even HTTP is refused and the connection closed", async (t) => {
  t.match(await raw("hello\r\n\r\n"), /^HTTP\/1\.1 400 /);
  t.match(await raw(`GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(40_000)}\r\n\r\n`), /^HTTP\/1\.1 431 /);
  const both = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  t.match(await raw(both), /^HTTP\/1\.1 400 /, "two lengths");
});

t.test("after all of it a good request works, and nothing has been restarted", async (t) => {
  const customer = await newCustomer(gatewayUrl);
  const input = { orderProducts: [{ productId: product, quantity: 1 }] };
  t.match(await customer.ask(placeOrder, { input }), { status: 200, errors: [] });
  t.match(await new Person(gatewayUrl).ask("{ products(first: 1) { id } }"), { status: 200 });
  t.same(pids(), before);
});

/** Sends bytes as they are, and gives back all that came until the other side closed. */
function raw(...parts: string[]): Promise<string> {
  const { hostname, port } = new URL(gatewayUrl);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let answer = "";
    socket.setTimeout(5_000, () => socket.destroy(new Error(`no end after 5 s: ${answer}`)));
    socket.on("data", (data) => {
      answer += data;
    });
    socket.on("error", (error) => (answer ? resolve(answer) : reject(error)));
    socket.on("close", () => resolve(answer));
    for (const part of parts) socket.write(part);
  });
}
