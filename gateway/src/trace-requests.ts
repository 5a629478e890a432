import { context, propagation, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { meter } from "@sidecart/platform/telemetry";
import type { FastifyInstance, FastifyRequest } from "fastify";

const spans = new WeakMap<FastifyRequest, Span>();

/** A span and a duration for each request; what it causes belongs to its trace. */
export function traceRequests(app: FastifyInstance): void {
  const tracer = trace.getTracer("sidecart");
  const duration = meter().createHistogram("sidecart_http_duration_ms");
  app.addHook("onRequest", (request, reply, done) => {
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const route = `${request.method} ${request.routeOptions.url ?? "unknown"}`;
    const span = tracer.startSpan(route, { kind: SpanKind.SERVER }, parent);
    spans.set(request, span);
    reply.header("x-trace-id", span.spanContext().traceId);
    context.with(trace.setSpan(parent, span), done);
  });
  app.addHook("onResponse", (request, reply, done) => {
    const span = spans.get(request);
    span?.setAttribute("http.response.status_code", reply.statusCode);
    if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
    const route = request.routeOptions.url ?? "unknown";
    duration.record(reply.elapsedTime, { method: request.method, route, status: reply.statusCode });
    done();
  });
}
