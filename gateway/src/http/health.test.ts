import Fastify from "fastify";
import t, { type Test } from "tap";
import type { Readiness } from "../readiness.ts";
import { registerHealth, registerLocalMetrics } from "./health.ts";

function app(t: Test, readiness: Readiness) {
  const http = Fastify({ trustProxy: true });
  registerHealth(http, async () => readiness);
  registerLocalMetrics(http, { prometheus: async () => "one 1\n" });
  t.teardown(() => http.close());
  return http;
}

t.test("readiness has a status code for machines and a body for people", async (t) => {
  const checks = { catalog: "unavailable" } as const;
  const degraded = await app(t, { ready: true, status: "degraded", checks }).inject("/readyz");
  t.same([degraded.statusCode, degraded.json()], [200, { status: "degraded", checks }]);
  const not = await app(t, { ready: false, status: "unavailable", checks }).inject("/readyz");
  t.same([not.statusCode, not.json()], [503, { status: "unavailable", checks }]);
});

t.test("readiness names no causes, because anybody can read it", async (t) => {
  const causes = { problems: ["component redis is not loaded by the sidecar of gateway"] };
  const readiness: Readiness = { ready: false, status: "unavailable", checks: { sidecar: "ok" }, ...causes };
  const { body } = await app(t, readiness).inject("/readyz");
  t.same(JSON.parse(body), { status: "unavailable", checks: { sidecar: "ok" } });
});

t.test("metrics are for this machine only, whatever a header says", async (t) => {
  const http = app(t, { ready: true, status: "ok", checks: {} });
  const from = async (remoteAddress: string, headers = {}) =>
    (await http.inject({ url: "/metrics", remoteAddress, headers })).statusCode;
  for (const address of ["127.0.0.1", "::1", "::ffff:127.0.0.1"]) t.equal(await from(address), 200, address);
  for (const address of ["192.0.2.1", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.1"]) {
    t.equal(await from(address), 404, address);
    t.equal(await from(address, { "x-forwarded-for": "127.0.0.1" }), 404, `${address}, forwarded`);
  }
});
