import { createHash, randomUUID } from "node:crypto";
import { probes } from "@sidecart/gateway/services";
import { apps } from "@sidecart/local/apps";
import t from "tap";
import { environmentOf } from "../support/direct.ts";
import { eventually } from "../support/eventually.ts";
import { admin, newCustomer, newProduct, placeOrder } from "../support/people.ts";
import { startSystem } from "../support/system.ts";
import { goodClaims, sign, systemKey } from "../support/tokens.ts";

type Body = { data?: unknown; errors?: { extensions: { code: string; retryAfterSeconds?: number } }[] };

t.setTimeout(120_000);
const system = await startSystem(t);
const { gatewayUrl } = system;
const shop = await admin(gatewayUrl);
const buyer = await newCustomer(gatewayUrl);
const product = await newProduct(shop);
await shop.get(placeOrder, { input: { orderProducts: [{ productId: product, quantity: 1 }] } });

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${gatewayUrl}${path}`, { headers });
async function post(body: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${gatewayUrl}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
}
/** A service measures its backlog every 20 s. */
const measuredWithinMs = 40_000;
const anything = { query: "{ __typename }" };

t.test("while everything runs, health and readiness are ok", async (t) => {
  const health = await get("/healthz");
  t.same([health.status, await health.json()], [200, { status: "ok" }]);
  const ready = await get("/readyz");
  const checks = Object.fromEntries(["sidecar", ...Object.keys(probes)].map((name) => [name, "ok"]));
  t.same([ready.status, await ready.json()], [200, { status: "ok", checks }]);
});

for (const service of Object.keys(probes)) {
  t.test(`while ${service} is down readiness names it, and the gateway stays ready`, async (t) => {
    await system.kill(service);
    const readiness = async (wanted: string) => {
      const answer = await get("/readyz");
      const body = (await answer.json()) as { status: string; checks: Record<string, string> };
      return body.status === wanted && { code: answer.status, ...body };
    };
    const down = await eventually("degraded", () => readiness("degraded"));
    t.match(down, { code: 200, checks: { [service]: "unavailable" } });
    t.equal((await get("/healthz")).status, 200);
    await system.start(service);
    t.match(await eventually("all services to respond again", () => readiness("ok")), { code: 200 });
  });
}

t.test("the metrics include ours", async (t) => {
  const answer = await get("/metrics");
  t.match(answer.headers.get("content-type"), /^text\/plain/);
  t.match(await answer.text(), /http_server_request_duration_count\{.*http_route="\/graphql".*code="200".*\} \d+/);
  for (const { id: service } of apps.filter(({ database }) => database)) {
    const { SIDECART_METRICS_PORT: port } = environmentOf(system, service);
    await eventually(
      `metrics of ${service}`,
      async () => {
        const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
        return (
          /rpc_server_call_duration_count\{.*rpc_method="sidecart\..*\} \d+/.test(text) &&
          /^sidecart_outbox_age\{.*\} [\d.]+$/m.test(text) &&
          /^sidecart_dead_letters\{.*\} \d+$/m.test(text)
        );
      },
      measuredWithinMs,
    );
  }
});

t.test("responses have a trace id and security headers", async (t) => {
  const { headers } = await post(anything);
  t.match(headers.get("x-trace-id"), /^[0-9a-f]{32}$/);
  t.match(Object.fromEntries(headers), {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "strict-transport-security": /max-age=\d+/,
    "referrer-policy": "no-referrer",
  });
  t.equal(headers.get("x-powered-by"), null);
  const refused = await post({ query: "{" });
  t.match(refused.headers.get("x-trace-id"), /^[0-9a-f]{32}$/, "an error too");
});

t.test("a query may be sent once and later only its hash", async (t) => {
  const query = "query($id: ID!) { product(id: $id) { name } }";
  const sha256Hash = createHash("sha256").update(query).digest("hex");
  const variables = { id: product };
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  const unknown = await post({ variables, extensions });
  t.equal(unknown.status, 400);
  t.match(unknown.body.errors, [{ extensions: { code: /^[A-Z_]+$/ } }]);
  const expected = { product: { name: "A thing" } };
  t.same((await post({ query, variables, extensions })).body.data, expected);
  t.same((await post({ variables, extensions })).body.data, expected, "by its hash");
  const other = { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } };
  await post({ query, variables, extensions: other });
  t.equal((await post({ variables, extensions: other })).status, 400, "a query cannot be stored under another hash");
});

t.test("under npm start only pages of this machine may call, with a token", async (t) => {
  const { login } = await shop.get<{ login: { token: string } }>(
    "mutation($input: LoginInput!) { login(input: $input) { token } }",
    { input: { email: "admin@sidecart.test", password: "sidecart-local" } },
  );
  const ask = (origin: string) =>
    post({ query: "{ me { email } }" }, { origin, authorization: `Bearer ${login.token}` });
  const preflight = (origin: string) =>
    fetch(`${gatewayUrl}/graphql`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
      },
    });
  for (const origin of [
    "http://localhost:5173",
    "https://localhost:8443",
    "http://127.0.0.1:3000",
    "http://localhost",
  ]) {
    const allowed = await preflight(origin);
    t.equal(allowed.status, 204);
    t.equal(allowed.headers.get("access-control-allow-origin"), origin);
    t.match(allowed.headers.get("access-control-allow-methods"), /\bPOST\b/);
    t.match(allowed.headers.get("access-control-allow-headers"), /authorization.*content-type/);
    const answer = await ask(origin);
    t.same(answer.body.data, { me: { email: "admin@sidecart.test" } });
    t.equal(answer.headers.get("access-control-allow-origin"), origin);
  }
  for (const origin of [
    "https://evil.example.com",
    "http://localhost.evil.example.com",
    "http://localhost:80.evil.example.com",
  ]) {
    t.equal((await preflight(origin)).headers.get("access-control-allow-origin"), null);
    t.equal((await ask(origin)).headers.get("access-control-allow-origin"), null);
  }
});

t.test("pages of other origins may not read responses unless they are allowed", async (t) => {
  const origin = "https://shop.example.com";
  t.equal((await post(anything, { origin })).headers.get("access-control-allow-origin"), null);
  await system.restart("gateway", { SIDECART_CORS_ORIGINS: `https://other.example.com, ${origin}` });
  t.equal((await post(anything, { origin })).headers.get("access-control-allow-origin"), origin);
  const stranger = await post(anything, { origin: "https://evil.example.com" });
  t.not(stranger.headers.get("access-control-allow-origin"), "https://evil.example.com");
});

t.test("GraphiQL and metrics are pages of local mode only", async (t) => {
  const page = await get("/graphiql");
  t.equal(page.status, 200);
  t.match(page.headers.get("content-type"), /^text\/html/);
  await system.restart("gateway", { SIDECART_LOCAL: "0" });
  t.equal((await get("/graphiql")).status, 404);
  t.equal((await get("/metrics")).status, 404);
  const { SIDECART_METRICS_PORT: port } = environmentOf(system, "gateway");
  const apart = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  t.match(apart, /http_server_request_duration_count/, "metrics have their own port");
  t.match((await post(anything)).headers.get("content-security-policy"), /default-src 'self'/);
});

t.test("one address has a limit of requests a minute, and the refusal says when to retry", async (t) => {
  await system.restart("gateway", { SIDECART_RATE_LIMIT: "5", SIDECART_TRUSTED_PROXIES: "1" });
  const ask = (address: string) => post(anything, { "x-forwarded-for": address });
  for (let at = 0; at < 5; at += 1) t.equal((await ask("192.0.2.1")).status, 200);
  const refused = await ask("192.0.2.1");
  t.equal(refused.status, 429);
  const [error] = refused.body.errors ?? [];
  t.equal(error?.extensions.code, "RATE_LIMITED");
  t.ok(Number(error?.extensions.retryAfterSeconds) > 0 && Number(error?.extensions.retryAfterSeconds) <= 60);
  t.equal((await ask("192.0.2.2")).status, 200, "another address is not limited");
  for (let at = 0; at < 5; at += 1) t.equal((await ask(`2001:db8:1:2::${at}`)).status, 200);
  t.equal((await ask("2001:db8:1:2::ff")).status, 429, "an IPv6 network counts as one address");
  t.equal((await get("/healthz", { "x-forwarded-for": "192.0.2.1" })).status, 200, "probes are not counted");
  await system.restart("gateway", { SIDECART_RATE_LIMIT: "5", SIDECART_TRUSTED_PROXIES: "1" });
  t.equal((await ask("192.0.2.1")).status, 429, "all replicas share the count");
});

t.test("requests with a valid token count on their account, wherever they come from", async (t) => {
  await system.restart("gateway", { SIDECART_RATE_LIMIT: "5", SIDECART_TRUSTED_PROXIES: "1" });
  const ask = async (place: number, authorization?: string) =>
    (await post(anything, { "x-forwarded-for": `198.51.100.${place}`, ...(authorization && { authorization }) }))
      .status;
  const statuses: number[] = [];
  for (let place = 0; place < 30; place += 1) statuses.push(await ask(place, `Bearer ${buyer.token}`));
  t.ok(statuses.indexOf(429) > 4, `${statuses}`);
  t.equal(statuses.at(-1), 429);
  t.equal(await ask(30), 200, "without a token the address counts");
  const forged = `Bearer ${buyer.token?.slice(0, -4)}AAAA`;
  for (let place = 31; place < 41; place += 1)
    t.equal(await ask(place, forged), 200, "a forged token counts on nobody");
});

t.test("many accounts of one address have ten times the limit of one", async (t) => {
  await system.restart("gateway", { SIDECART_RATE_LIMIT: "1", SIDECART_TRUSTED_PROXIES: "1" });
  const key = await systemKey(system);
  const tokens = await Promise.all(Array.from({ length: 13 }, () => sign(key, goodClaims(randomUUID(), ["customer"]))));
  const ask = async (address: string, token = "") =>
    (await post(anything, { "x-forwarded-for": address, authorization: `Bearer ${token}` })).status;
  for (const [place, token] of tokens.entries()) await ask(`203.0.113.${place}`, token);
  let other = 100;
  // Its account has reached its limit, so its token is known, and so are those before it.
  await eventually("the last token to be known", async () => {
    other += 1;
    return (await ask(`203.0.113.${other}`, tokens[12])) === 429;
  });
  const statuses: number[] = [];
  for (const token of tokens.slice(0, 12)) statuses.push(await ask("203.0.113.99", token));
  t.same(statuses, [...Array(10).fill(200), 429, 429]);
});

t.test("log-ins from one IPv6 network are counted together", async (t) => {
  await system.restart("gateway", { SIDECART_LOGIN_RATE_LIMIT: "3", SIDECART_TRUSTED_PROXIES: "1" });
  const query = "mutation($input: LoginInput!) { login(input: $input) { token } }";
  const codes: unknown[] = [];
  for (let at = 0; at < 4; at += 1) {
    const variables = { input: { email: `somebody-${at}@example.com`, password: "a wrong password" } };
    const { body } = await post({ query, variables }, { "x-forwarded-for": `2001:db8:5:6::${at}` });
    codes.push(body.errors?.[0]?.extensions.code);
  }
  t.same(codes, [...Array(3).fill("INVALID_CREDENTIALS"), "RATE_LIMITED"]);
});

t.test("log-ins have a lower limit, and a forged address does not help", async (t) => {
  await system.restart("gateway", { SIDECART_LOGIN_RATE_LIMIT: "3" });
  const query = "mutation($input: LoginInput!) { login(input: $input) { token } }";
  const codes: unknown[] = [];
  for (let at = 0; at < 8; at += 1) {
    const input = { email: `nobody-${at}@example.com`, password: "a wrong password" };
    const { body } = await post({ query, variables: { input } }, { "x-forwarded-for": `192.0.2.${at}` });
    codes.push(body.errors?.[0]?.extensions.code);
  }
  t.ok(codes.filter((code) => code === "INVALID_CREDENTIALS").length <= 3, codes.join());
  t.equal(codes.at(-1), "RATE_LIMITED");
  const many = Array.from({ length: 5 }, (_, at) => `a${at}: login(input: $input) { token }`).join(" ");
  const variables = { input: { email: "nobody@example.com", password: "a wrong password" } };
  const { body } = await post({ query: `mutation($input: LoginInput!) { ${many} }`, variables });
  t.ok(
    body.errors?.every(({ extensions }) => extensions.code === "RATE_LIMITED"),
    "nor do many in one request",
  );
  t.equal((await post(anything)).status, 200, "other requests are not limited");
});
