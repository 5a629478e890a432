import { AppError, commonErrors } from "@sidecart/platform/rpc";
import { startTelemetry } from "@sidecart/platform/telemetry";
import t from "tap";
import { startApi } from "../../tests/support/gateway.ts";

const telemetry = startTelemetry({ SIDECART_APP_ID: "gateway", SIDECART_TRACE_RATIO: 0 });
t.teardown(() => telemetry.shutdown());

type Counts = Record<string, number>;

/** The counters that are not 0, such as `product served` and `product UNAVAILABLE`. */
async function counters(): Promise<Counts> {
  const found: Counts = {};
  const pattern = /^sidecart_operation\w+\{operation="(\w+)"(?:,(?:outcome|code)="(\w+)")?.*\} (\d+)$/gm;
  for (const [, operation, label = "in time", value] of (await telemetry.prometheus()).matchAll(pattern))
    found[`${operation} ${label}`] = Number(value);
  return found;
}

async function counted(work: () => Promise<unknown>): Promise<Counts> {
  const before = await counters();
  await work();
  const after = Object.entries(await counters()).map(([name, value]) => [name, value - (before[name] ?? 0)] as const);
  return Object.fromEntries(after.filter(([, change]) => change !== 0));
}

const id = "019a0000-0000-7000-8000-000000000001";
const product = { id, name: "", description: "", category: "", price: 1n, partnerId: "", imageUrl: "", stock: 1 };
const unavailable = () => {
  throw new AppError(commonErrors.unavailable);
};
// One API: a process has one set of counters.
const { ask, post, http, counts } = await startApi(
  t,
  {
    "catalog.getProducts": () => ({ products: [{ ...product, version: 1 }] }),
    "accounts.getAccounts": unavailable,
  },
  { cacheMs: 60_000 },
);
const good = `product(id: "${id}") { name }`;
const failing = `user(id: "${id}") { id }`;
const served = { "product served": 1, "product in time": 1 };
const failed = { "user failed": 1, "user UNAVAILABLE": 1 };

t.test("every operation has its three counters before the first request", async (t) => {
  const all = await counters();
  for (const operation of ["product", "placeOrder", "login", "other"]) {
    for (const outcome of ["served", "refused", "failed"]) t.equal(all[`${operation} ${outcome}`], 0, operation);
  }
});

t.test("an operation counts once per response, by its field's name", async (t) => {
  t.same(await counted(() => ask(`query Named { ${good} }`)), served);
  t.same(await counted(() => ask(`{ first: ${good} second: ${good} }`)), served, "whatever its aliases are");
  const fragments = `query { ...all ... { again: ${good} } } fragment all on Query { ${good} }`;
  t.same(await counted(() => ask(fragments)), served, "also in fragments");
  t.same(await counted(() => ask(`{ __typename product(id: "${id}") @skip(if: true) { name } }`)), {
    "other served": 1,
    "other in time": 1,
  });
});

t.test("a response with a part that failed counts as a failure of that part alone", async (t) => {
  t.same(await counted(() => ask(`{ ${good} ${failing} }`)), { ...served, ...failed });
  t.same(await counted(() => ask(`{ ${failing} other: ${failing} }`)), failed);
  const headers = { accept: "application/graphql-response+json" };
  const answer = await post({ query: `{ ${good} ${failing} }` }, { headers });
  t.equal(answer.status, 200, "though its status is 200");
});

t.test("the caller's mistakes are no failures", async (t) => {
  const refused = (code: string, operation = "other") => ({ [`${operation} refused`]: 1, [`${operation} ${code}`]: 1 });
  t.same(await counted(() => ask("{ nothing }")), refused("BAD_INPUT"));
  t.same(await counted(() => ask("{")), refused("BAD_INPUT"));
  t.same(await counted(() => ask("{ me { id } }")), refused("UNAUTHENTICATED", "me"));
  t.same(await counted(() => ask("query($id: ID!) { product(id: $id) { name } }", {})), refused("BAD_INPUT"));
  const many = Array.from({ length: 30 }, (_, at) => `a${at}: products(first: 1000) { nodes { id name } }`).join(" ");
  t.same(await counted(() => ask(`{ ${many} }`)), refused("QUERY_TOO_EXPENSIVE", "products"));
  const wrong = {
    method: "POST",
    url: "/graphql",
    payload: "{",
    headers: { "content-type": "application/json" },
  } as const;
  const [code] = Object.keys(await counted(() => http.inject(wrong))).filter((name) => name !== "other refused");
  t.ok(code?.startsWith("other "), "a body that is not JSON");
});

t.test("a response from the cache counts like any other", async (t) => {
  await ask(`{ ${good} }`);
  await ask(`{ ${good} }`);
  t.same(await counted(() => ask(`{ ${good} }`)), served);
});

t.test("a slow response is served, but not in time", async (t) => {
  const response = { fields: [{ key: "login", operation: "login" }], data: { login: {} }, errors: [] };
  const both = () => {
    counts.count({ ...response, elapsedMs: 501 });
    counts.count({ ...response, elapsedMs: 500 });
  };
  t.same(await counted(async () => both()), { "login served": 2, "login in time": 1 });
});

t.test("refusals for overload are failures, those for a caller's limit are not", async (t) => {
  const refuse = (code: string, failed: boolean) => counted(async () => counts.countRefusal({ code, failed }));
  t.same(await refuse("OVERLOADED", true), { "other failed": 1, "other OVERLOADED": 1 });
  t.same(await refuse("RATE_LIMITED", false), { "other refused": 1, "other RATE_LIMITED": 1 });
});
