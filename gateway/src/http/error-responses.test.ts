import type { AddressInfo } from "node:net";
import t, { type Test } from "tap";
import { startApi } from "../../../tests/support/gateway.ts";
import { raw } from "../../../tests/support/http.ts";
import { registerHealth } from "./health.ts";

/** The gateway's API on a port. */
async function startServer(t: Test, env?: Record<string, string>) {
  const { http, calls, logged } = await startApi(
    t,
    { "catalog.getProducts": () => ({ products: [] }) },
    { ...(env && { env }) },
  );
  registerHealth(http, async () => ({ ready: true, status: "ok", checks: {} }));
  await http.listen({ host: "127.0.0.1", port: 0 });
  const { port } = http.server.address() as AddressInfo;
  return { http, calls, logged, url: `http://127.0.0.1:${port}` };
}

/** A raw response's status, headers and body. */
function parsed(answer: string) {
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  const [line = "", ...headers] = head.split("\r\n");
  return { status: Number(line.split(" ")[1]), head: headers.join("\n").toLowerCase(), body };
}

const form = { errors: [{ message: /\w/, extensions: { code: /^[A-Z][A-Z0-9_]+$/ } }] };
const post = "POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
const json = `${post}Content-Type: application/json\r\n`;

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;

const refusals: [string, string, number, string][] = [
  ["a path that cannot be decoded", get("/%"), 400, "FST_ERR_BAD_URL"],
  ["a path that is not UTF-8", get("/%ff"), 400, "FST_ERR_BAD_URL"],
  ["a search that is not UTF-8", get("/healthz?a=%ff"), 400, "BAD_INPUT"],
  ["half an escape", get("/healthz?a=%f"), 400, "BAD_INPUT"],
  ["half of a surrogate pair", get("/graphql?query=%ed%a0%80"), 400, "BAD_INPUT"],
  ["bytes beyond ASCII in a URL", get('/graphql?query={a(b:"é")}'), 400, "BAD_INPUT"],
  ["another path", get("/nowhere"), 404, "NOT_FOUND"],
  ["another method", "PUT /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405, "METHOD_NOT_ALLOWED"],
  [
    "an unusual method",
    "PROPFIND /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    405,
    "METHOD_NOT_ALLOWED",
  ],
  ["a method that does not exist", "BREW /graphql HTTP/1.1\r\nHost: x\r\n\r\n", 400, "BAD_INPUT"],
  ["a length beyond the limit", `${json}Content-Length: 10485760\r\n\r\n`, 413, "FST_ERR_CTP_BODY_TOO_LARGE"],
  [
    "another type",
    `${post}Content-Type: image/png\r\nContent-Length: 1\r\n\r\nx`,
    415,
    "FST_ERR_CTP_INVALID_MEDIA_TYPE",
  ],
  ["text", `${post}Content-Type: text/plain\r\nContent-Length: 1\r\n\r\nx`, 415, "FST_ERR_CTP_INVALID_MEDIA_TYPE"],
  [
    "another charset",
    `${post}Content-Type: application/json; charset="latin1"\r\nContent-Length: 2\r\n\r\n{}`,
    415,
    "UNSUPPORTED_MEDIA_TYPE",
  ],
  ["a compressed body", `${json}Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}`, 415, "UNSUPPORTED_MEDIA_TYPE"],
  ["another expectation", `${json}Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{}`, 417, "EXPECTATION_FAILED"],
  ["large headers", `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(40_000)}\r\n\r\n`, 431, "HEADERS_TOO_LARGE"],
  ["no host", "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "BAD_INPUT"],
  ["two lengths", `${json}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400, "BAD_INPUT"],
  ["a chunk that is none", `${json}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400, "BAD_INPUT"],
  ["a header that is none", "GET / HTTP/1.1\r\nHost x\r\n\r\n", 400, "BAD_INPUT"],
  ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "BAD_INPUT"],
  ["no HTTP", "hello\r\n\r\n", 400, "BAD_INPUT"],
  ["TLS", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000", 400, "BAD_INPUT"],
];

t.test("every error of the server has our form and a code, also before there is a request", async (t) => {
  const { url, logged } = await startServer(t);
  for (const [what, sent, status, code] of refusals) {
    const answer = parsed(await raw(url, Buffer.from(sent, "latin1")));
    t.equal(answer.status, status, what);
    t.match(answer.head, /content-type: application\/json/, what);
    const body = JSON.parse(answer.body);
    t.match(body, form, what);
    t.equal(body.errors[0].extensions.code, code, what);
    t.notOk("data" in body, what);
  }
  t.same(logged, []);
});

t.test("a method that a path does not have is refused with the list of those that it has", async (t) => {
  const { http } = await startServer(t);
  for (const [url, allow] of [
    ["/graphql", "GET, POST"],
    ["/graphql?query={__typename}", "GET, POST"],
    ["/healthz", "GET, HEAD"],
    ["/readyz", "GET, HEAD"],
  ] as const) {
    const allowed: readonly string[] = allow.split(", ");
    for (const method of ["HEAD", "PUT", "PATCH", "DELETE", "POST", "OPTIONS"] as const) {
      if (allowed.includes(method)) continue;
      const answer = await http.inject({ method, url });
      t.match(answer, { statusCode: 405, headers: { allow } }, `${method} ${url}`);
      if (method !== "HEAD") t.match(answer.json(), form);
    }
  }
  t.equal((await http.inject({ method: "HEAD", url: "/healthz" })).statusCode, 200);
  for (const method of ["GET", "HEAD", "PUT", "OPTIONS"] as const) {
    const answer = await http.inject({ method, url: "/nowhere" });
    t.equal(answer.statusCode, 404, method);
    t.equal(answer.headers.allow, undefined);
  }
});

t.test("a body that is not UTF-8 is refused wherever the byte is, and is not passed on", async (t) => {
  const { http, calls } = await startServer(t);
  const send = (payload: Buffer, type = "application/json") =>
    http.inject({ method: "POST", url: "/graphql", payload, headers: { "content-type": type } });
  const body = Buffer.from('{"query":"query($id: ID!) { product(id: $id) { id } }","variables":{"id":"x"},"a":"b"}');
  for (let place = 0; place < body.length; place += 1) {
    for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
      const bad = Buffer.concat([body.subarray(0, place), Buffer.from(bytes), body.subarray(place)]);
      t.match(await send(bad), { statusCode: 400, body: /BAD_INPUT/ }, `${place} ${bytes}`);
    }
  }
  const text = Buffer.from("{ __typename } # ");
  t.equal((await send(text, "application/graphql")).statusCode, 200);
  t.equal((await send(Buffer.concat([text, Buffer.from([0xff])]), "application/graphql")).statusCode, 400);
  for (const type of ["APPLICATION/JSON", "application/json; charset=UTF-8", 'application/json;charset="utf8"']) {
    t.equal((await send(Buffer.from('{"query":"{ __typename }"}'), type)).statusCode, 200, type);
  }
  t.same(calls, []);
});

t.test("a preflight and a plain OPTIONS have no body; a page of another origin may read errors", async (t) => {
  const origin = "https://shop.example.com";
  const { http } = await startServer(t, { SIDECART_CORS_ORIGINS: origin });
  t.equal((await http.inject({ method: "OPTIONS", url: "/graphql" })).statusCode, 204);
  const headers = { origin, "access-control-request-method": "POST" };
  t.equal((await http.inject({ method: "OPTIONS", url: "/graphql", headers })).statusCode, 204);
  for (const url of ["/graphql?query=%ff", "/nowhere", "/graphql"]) {
    const answer = await http.inject({ method: "PUT", url, headers: { origin } });
    t.equal(answer.headers["access-control-allow-origin"], origin, url);
    t.match(answer.headers["x-trace-id"], /^[0-9a-f]{32}$/, url);
  }
});
