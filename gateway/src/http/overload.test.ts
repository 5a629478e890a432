import { setInterval as ticks } from "node:timers/promises";
import { AppError, commonErrors } from "@sidecart/platform/rpc";
import { createLogger } from "@sidecart/platform/telemetry";
import t from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { startApi, testConfig, testCounts } from "../../../tests/support/gateway.ts";
import { createHttp } from "./server.ts";

const origin = "https://shop.example.com";
const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

t.test("while requests wait too long, new ones are refused at once with `retry-after`; probes pass", async (t) => {
  const app = await createHttp(
    testConfig({ SIDECART_CORS_ORIGINS: origin }),
    testCounts(),
    createLogger("test", "silent"),
  );
  for (const url of ["/", "/healthz", "/readyz"]) app.get(url, async () => ({ status: "ok" }));
  t.teardown(() => app.close());
  t.equal((await app.inject("/")).statusCode, 200);
  let busy = true;
  const work = (async () => {
    for await (const _ of ticks(1)) {
      if (!busy) return;
      block(900);
    }
  })();
  const refused = await eventually("a refusal", async () => {
    const answer = await app.inject({ url: "/", headers: { origin } });
    return answer.statusCode !== 200 && answer;
  });
  t.match(refused, { statusCode: 429, headers: { "retry-after": "1", "x-content-type-options": "nosniff" } });
  const readable = { "access-control-allow-origin": origin, "access-control-expose-headers": /\bretry-after\b/ };
  t.match(refused.headers, readable, "a page of another origin may read it");
  for (const probe of ["/healthz", "/readyz"]) t.equal((await app.inject(probe)).statusCode, 200, probe);
  busy = false;
  await work;
  await eventually("responses again", async () => (await app.inject("/")).statusCode === 200);
});

t.test("an overloaded service or sidecar leads to a response with `retry-after`", async (t) => {
  for (const [kind, status] of [
    [commonErrors.overloaded, 429],
    [commonErrors.unavailable, 503],
  ] as const) {
    const refuse = () => {
      throw new AppError(kind);
    };
    const { http } = await startApi(t, { "catalog.getProducts": refuse });
    const payload = { query: '{ product(id: "019a0000-0000-7000-8000-000000000001") { name } }' };
    const answer = await http.inject({ method: "POST", url: "/graphql", payload });
    t.match(answer, { statusCode: status, headers: { "retry-after": "1" } });
  }
});
