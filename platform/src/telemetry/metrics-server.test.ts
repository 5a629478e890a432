import t from "tap";
import { startMetricsServer } from "./metrics-server.ts";

t.test("metrics, liveness and readiness are served on one port, and nothing else is", async (t) => {
  let ready = false;
  const telemetry = { prometheus: async () => "sidecart_tests_total 3\n" };
  const problems = () => ["component orders-db is not loaded"];
  const server = await startMetricsServer({
    telemetry,
    host: "127.0.0.1",
    port: 0,
    ready: async () => ready,
    problems,
  });
  t.teardown(() => server.close());
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
  const metrics = await get("/metrics");
  t.match(metrics.headers.get("content-type"), "text/plain; version=0.0.4");
  t.equal(await metrics.text(), "sidecart_tests_total 3\n");
  t.equal((await get("/healthz")).status, 200);
  const notReady = await get("/readyz");
  t.equal(notReady.status, 503, "alive, though not ready");
  t.equal(await notReady.text(), "not ready\ncomponent orders-db is not loaded\n");
  ready = true;
  t.equal((await get("/readyz?verbose")).status, 200);
  t.equal((await get("/")).status, 404);
});

t.test("a failure to collect metrics is status 500, and the server continues", async (t) => {
  const broken = async () => {
    throw new Error("no");
  };
  const server = await startMetricsServer({
    telemetry: { prometheus: broken },
    host: "127.0.0.1",
    port: 0,
    ready: broken,
  });
  t.teardown(() => server.close());
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
  t.equal((await get("/metrics")).status, 500);
  t.equal((await get("/readyz")).status, 500);
  t.equal((await get("/healthz")).status, 200);
});
