import { Metadata } from "@grpc/grpc-js";
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import t from "tap";
import { startCollector } from "../../../tests/support/collector.ts";
import { eventually } from "../../../tests/support/eventually.ts";
import { loadConfig, platformConfig } from "../config.ts";
import { createLogger } from "./log.ts";
import {
  currentTraceparent,
  injectTrace,
  inSpan,
  meter,
  startTelemetry,
  traceFromMetadata,
  traceFromParent,
} from "./telemetry.ts";

const traceparent = /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/;
const idOf = (some: string | null | undefined) => some?.split("-")[1];

const { url, spans } = await startCollector(t);
const env = { SIDECART_APP_ID: "orders", SIDECART_APP_PORT: "6001", APP_API_TOKEN: "a token of 16 or more" };
const telemetry = startTelemetry(loadConfig(platformConfig, { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/` }));
t.teardown(() => telemetry.shutdown());
const collected = (name: string) =>
  eventually(`the span ${name}`, async () => spans.find((span) => span.name === name));

t.test("spans are sent with the service's name, the inner one under the outer", async (t) => {
  await inSpan("outer", { attributes: { "a.b": "c" } }, () => inSpan("inner", {}, async () => {}));
  const [outer, inner] = [await collected("outer"), await collected("inner")];
  t.match(outer, { service: "orders", attributes: { "a.b": "c" } });
  t.equal(inner.traceId, outer.traceId);
  t.equal(inner.parentSpanId, outer.spanId);
});

t.test("a span returns the result of its work, and ends when the work throws", async (t) => {
  t.equal(await inSpan("good", {}, async () => 7), 7);
  await t.rejects(
    inSpan("bad", {}, async () => {
      throw new TypeError("no");
    }),
    /no/,
  );
  t.ok(await collected("bad"));
});

t.test("a trace continues across a call", async (t) => {
  const metadata = new Metadata();
  await inSpan("caller", {}, async () => injectTrace(metadata));
  await inSpan("callee", { parent: traceFromMetadata(metadata) }, async () => {});
  const [caller, callee] = [await collected("caller"), await collected("callee")];
  t.equal(callee.traceId, caller.traceId);
  t.equal(callee.parentSpanId, caller.spanId);
});

t.test("of several traces in one call the last one counts, because the sidecar appends its own", async (t) => {
  const metadata = new Metadata();
  metadata.add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  metadata.add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01");
  t.equal(trace.getSpanContext(traceFromMetadata(metadata))?.spanId, "00f067aa0ba902b7");
});

t.test("a trace is stored with an event and continued when it is handled", async (t) => {
  let kept: string | null = null;
  await inSpan("writes", {}, async () => {
    kept = currentTraceparent();
  });
  t.match(kept, traceparent);
  await inSpan("handles", { parent: traceFromParent(kept ?? undefined) }, async () => {});
  t.equal((await collected("handles")).traceId, idOf(kept));
});

t.test("there is no trace outside of a span, and an invalid traceparent is ignored", async (t) => {
  t.equal(currentTraceparent(), null);
  t.equal(traceFromParent(undefined), ROOT_CONTEXT);
  for (const bad of ["", "garbage", "00-0-0-00", "00-00000000000000000000000000000000-b7ad6b7169203331-01"]) {
    t.equal(trace.getSpanContext(traceFromParent(bad)), undefined, bad);
  }
  t.equal(trace.getSpanContext(traceFromMetadata(new Metadata())), undefined);
});

t.test("concurrent work keeps to its own trace", async (t) => {
  const seen = await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      inSpan(`parallel ${at}`, { parent: ROOT_CONTEXT }, async () => {
        const before = currentTraceparent();
        await new Promise((resolve) => setImmediate(resolve));
        return [before, currentTraceparent()];
      }),
    ),
  );
  for (const [before, after] of seen) t.equal(before, after);
  t.equal(new Set(seen.map(([before]) => idOf(before))).size, 20);
});

t.test("a log line has the id of its trace", async (t) => {
  const lines: string[] = [];
  const log = createLogger("orders", "info", { write: (line) => void lines.push(line) });
  log.info("outside");
  const inside = await inSpan("logs", {}, async () => {
    log.info("inside");
    return currentTraceparent();
  });
  t.notMatch(lines[0], "traceId");
  t.equal(JSON.parse(lines[1] ?? "").traceId, idOf(inside));
});

t.test("metrics are in Prometheus' format", async (t) => {
  meter().createCounter("sidecart_tests_total").add(3, { kind: "unit" });
  t.match(await telemetry.prometheus(), /sidecart_tests_total\{.*kind="unit".*\} 3/);
});
