import t from "tap";
import * as http from "../support/http.ts";
import { admin, newCustomer, newProduct, placeOrder } from "../support/people.ts";
import { startSystem } from "../support/system.ts";

const { refused } = http;
const system = await startSystem(t, { env: { gateway: { SIDECART_RATE_LIMIT: "1000000" } } });
const { gatewayUrl } = system;
const pids = () => Object.fromEntries([...system.processes].map(([name, process]) => [name, process.pid]));
const before = pids();
const shop = await admin(gatewayUrl);
const product = await newProduct(shop, { stock: 100 });

const json = { "content-type": "application/json" };
const send = (sent: http.Sent) => http.send(shop, sent);
const raw = (...parts: string[]) => http.raw(gatewayUrl, ...parts);
const query = (text: string) => send({ body: JSON.stringify({ query: text }) });

t.test("a body that is not a request is refused", async (t) => {
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
    "bytes that are not UTF-8": Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
  };
  for (const [what, body] of Object.entries(bodies)) refused(t, await send({ body }), 400, what);
});

t.test("a body that is too large is refused, with and without a length", async (t) => {
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
  // The response comes before the end of the body: a client that continues to write may not read it.
  const whole = await send({ body: " ".repeat(10 * 1024 * 1024) }).catch((error: Error) => error);
  t.ok(
    whole instanceof Error ? /EPIPE|ECONNRESET/.test(String(whole.cause)) : whole.status === 413,
    "10 MB all the same",
  );
});

t.test("a content type that is not JSON is refused", async (t) => {
  const body = JSON.stringify({ query: "{ me { id } }" });
  for (const type of [
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "image/png",
    "text/plain",
  ]) {
    refused(t, await send({ headers: { "content-type": type }, body }), 415, type);
  }
  const type = "application/graphql";
  refused(t, await send({ headers: { "content-type": type }, body }), 400, "JSON that is said to be a query");
});

t.test("a text that is not a query is refused", async (t) => {
  const queries = {
    "half a query": "{ me { id }",
    "another language": "select * from orders",
    "an unknown field": "{ secrets { id } }",
    "an unknown argument": "{ users(limit: 1) { nodes { id } } }",
    "an object without its fields": "{ me }",
    "a variable nobody declared": "{ user(id: $id) { id } }",
    "a subscription": "subscription { orders { nodes { id } } }",
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

t.test("GET accepts valid queries only", async (t) => {
  const get = (search: string) => send({ method: "GET", path: `/graphql?${search}`, headers: {} });
  const encoded = (text: string) => `query=${encodeURIComponent(text)}`;
  t.match(await get(encoded("{ me { id } }")), { status: 200, codes: [] });
  refused(t, await get(""), 400, "nothing");
  refused(t, await get(encoded("{ me {")), 400, "half a query");
  refused(t, await get("query=%ff%fe"), 400, "bytes that are not UTF-8");
  refused(t, await get(`${encoded("{ me { id } }")}&variables=x`), 400, "variables that are not JSON");
  refused(t, await get(encoded("mutation { logoutAll { sessionsEnded } }")), 405, "a mutation");
  refused(t, await send({ method: "GET", path: "/nowhere", headers: {} }), 404, "another path");
  refused(t, await send({ method: "PUT", body: "{}" }), 405, "another method");
});

t.test("any other text in the Authorization header counts as no token", async (t) => {
  const body = JSON.stringify({ query: "{ orders { nodes { id } } }" });
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

t.test("bytes that are not HTTP are refused and the connection is closed", async (t) => {
  t.match(await raw("hello\r\n\r\n"), /^HTTP\/1\.1 400 /);
  t.match(await raw(`GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(40_000)}\r\n\r\n`), /^HTTP\/1\.1 431 /);
  const both = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  t.match(await raw(both), /^HTTP\/1\.1 400 /, "two lengths");
});

t.test("afterwards a valid request works, and no process has restarted", async (t) => {
  const customer = await newCustomer(gatewayUrl);
  const input = { orderProducts: [{ productId: product, quantity: 1 }] };
  t.match(await customer.ask(placeOrder, { input }), { status: 200, errors: [] });
  t.same(pids(), before);
});
