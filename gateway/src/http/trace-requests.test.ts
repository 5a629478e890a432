import { context, metrics, propagation, trace } from "@opentelemetry/api";
import { createLogger, currentTraceparent, inSpan, startTelemetry } from "@sidecart/platform/telemetry";
import t, { type Test } from "tap";
import { startCollector } from "../../../tests/support/collector.ts";
import { testConfig, testCounts } from "../../../tests/support/gateway.ts";
import { createHttp } from "./server.ts";

const theirs = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" };
const traceparent = `00-${theirs.traceId}-${theirs.spanId}-01`;

/** The HTTP server with a route that returns the headers it would propagate. `ended` returns the spans and metrics. */
async function setUp(t: Test, env: Record<string, string> = {}) {
  const { url, spans } = await startCollector(t);
  const config = testConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: url, ...env });
  const telemetry = startTelemetry(config);
  const http = await createHttp(config, testCounts(), createLogger("gateway", "silent"));
  http.get("/carried/:id", async () => {
    const carried: Record<string, string> = {};
    propagation.inject(context.active(), carried);
    return inSpan("below", {}, async () => ({ carried, traceparent: currentTraceparent() }));
  });
  const ended = async () => {
    const text = await telemetry.prometheus();
    await http.close();
    await telemetry.shutdown();
    for (const api of [trace, context, propagation, metrics]) api.disable();
    return { spans, metrics: text };
  };
  const ask = async (headers = {}) => {
    const { headers: got, json } = await http.inject({ url: "/carried/1", headers });
    return { traceId: got["x-trace-id"], ...json<{ carried: Record<string, string>; traceparent: string }>() };
  };
  return { ask, ended };
}

t.test("a request is a trace of its own, with a link to the client's", async (t) => {
  const { ask, ended } = await setUp(t);
  const { traceId, traceparent: below } = await ask({ traceparent });
  t.match(traceId, /^[0-9a-f]{32}$/);
  t.not(traceId, theirs.traceId);
  t.ok(below.includes(String(traceId)), "and its calls belong to it");
  const { spans } = await ended();
  const request = spans.find(({ name }) => name === "GET /carried/:id");
  t.match(request, { traceId, links: [theirs] });
  t.notOk(request?.parentSpanId);
  t.equal(spans.find(({ name }) => name === "below")?.parentSpanId, request?.spanId);
});

t.test("a client does not decide whether its request is recorded", async (t) => {
  const { ask, ended } = await setUp(t, { SIDECART_TRACE_RATIO: "0" });
  await ask({ traceparent });
  t.same((await ended()).spans, []);
});

t.test("with a trusted proxy in front, its trace is continued", async (t) => {
  const { ask, ended } = await setUp(t, { SIDECART_TRACE_RATIO: "0", SIDECART_TRUST_TRACE: "true" });
  t.equal((await ask({ traceparent })).traceId, theirs.traceId);
  const { spans } = await ended();
  t.match(
    spans.find(({ name }) => name === "GET /carried/:id"),
    { parentSpanId: theirs.spanId },
  );
});

t.test("a client's baggage is not propagated, trusted or not", async (t) => {
  for (const SIDECART_TRUST_TRACE of ["false", "true"]) {
    const { ask, ended } = await setUp(t, { SIDECART_TRUST_TRACE });
    const { carried } = await ask({ traceparent, baggage: "admin=true" });
    await ended();
    t.match(carried.traceparent, /^00-/);
    t.equal(carried.baggage, undefined);
  }
});

t.test("durations are in seconds, under OpenTelemetry's names", async (t) => {
  const { ask, ended } = await setUp(t);
  await ask();
  const { metrics: text } = await ended();
  const labels = /http_request_method="GET".*http_route="\/carried\/:id".*http_response_status_code="200"/;
  const line = text.split("\n").find((one) => one.startsWith("http_server_request_duration") && one.includes("_count"));
  t.match(line, labels);
  t.match(text, /http_server_request_duration\w*_bucket\{.*le="0\.005"/);
});
