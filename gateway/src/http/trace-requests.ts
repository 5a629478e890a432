import { context, propagation, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  METRIC_HTTP_SERVER_REQUEST_DURATION,
} from "@opentelemetry/semantic-conventions";
import { durationHistogram } from "@sidecart/platform/telemetry";
import type { FastifyInstance, FastifyRequest } from "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /** The request's span, set in the first hook. */
    span: Span | null;
  }
}

/**
 * Records a span and a duration for each request. A client's trace is linked. It is continued only with `trust`,
 * because the client then decides which requests we record. `@fastify/otel` always continues it, and needs `import`
 * hooks.
 */
export function traceRequests(app: FastifyInstance, options: { trust: boolean }): void {
  const tracer = trace.getTracer("sidecart");
  const duration = durationHistogram(METRIC_HTTP_SERVER_REQUEST_DURATION, "How long requests took");
  app.decorateRequest("span", null);
  app.addHook("onRequest", (request, reply, done) => {
    const theirs = propagation.extract(ROOT_CONTEXT, request.headers);
    const linked = trace.getSpanContext(theirs);
    const parent = options.trust ? theirs : ROOT_CONTEXT;
    const links = linked && !options.trust ? [{ context: linked }] : [];
    const span = tracer.startSpan(`${request.method} ${routeOf(request)}`, { kind: SpanKind.SERVER, links }, parent);
    request.span = span;
    reply.header("x-trace-id", span.spanContext().traceId);
    context.with(trace.setSpan(parent, span), done);
  });
  app.addHook("onResponse", (request, reply, done) => {
    const attributes = {
      [ATTR_HTTP_REQUEST_METHOD]: request.method,
      [ATTR_HTTP_ROUTE]: routeOf(request),
      [ATTR_HTTP_RESPONSE_STATUS_CODE]: reply.statusCode,
    };
    const span = request.span?.setAttributes(attributes);
    if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
    duration.record(reply.elapsedTime / 1000, attributes);
    done();
  });
}

const routeOf = (request: FastifyRequest) => request.routeOptions.url ?? "unknown";
