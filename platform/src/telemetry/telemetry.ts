import type { Metadata } from "@grpc/grpc-js";
import {
  type Attributes,
  type Context,
  context,
  type Histogram,
  type Meter,
  metrics,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-node";
import { ATTR_SERVICE_NAME } from "@opentelemetry/semantic-conventions";

export { SpanKind } from "@opentelemetry/api";

const tracer = () => trace.getTracer("sidecart");
export const meter = (): Meter => metrics.getMeter("sidecart");

/** Seconds, in the buckets that OpenTelemetry's semantic conventions recommend. */
export const durationHistogram = (name: string, description: string): Histogram =>
  meter().createHistogram(name, {
    description,
    unit: "s",
    advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] },
  });

export type Telemetry = {
  /** The metrics as Prometheus text. */
  prometheus(): Promise<string>;
  /** Exports pending data and stops. */
  shutdown(): Promise<void>;
};

export type TelemetrySettings = {
  /** The name of the service in traces and metrics. */
  SIDECART_APP_ID: string;
  /** Traces and metrics are exported there (OTLP over HTTP); no export when absent. */
  OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  /** Share of new traces that are recorded, 0 to 1. */
  SIDECART_TRACE_RATIO: number;
};

/** Starts traces and metrics for this process. Call it once, before the first span. */
export function startTelemetry(config: TelemetrySettings): Telemetry {
  const resource = resourceFromAttributes({ [ATTR_SERVICE_NAME]: config.SIDECART_APP_ID });
  const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/$/, "");
  const tracing = new NodeTracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(endpoint ? config.SIDECART_TRACE_RATIO : 0) }),
    spanProcessors: endpoint
      ? [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }), { scheduledDelayMillis: 500 })]
      : [],
  });
  // Without baggage: otherwise a client's baggage would be sent to all services.
  tracing.register({ propagator: new W3CTraceContextPropagator() });
  const prometheus = withoutStaleGauges(new PrometheusExporter({ preventServerStart: true }));
  const otlp = endpoint
    ? [
        new PeriodicExportingMetricReader({
          exporter: withoutStaleGauges(new OTLPMetricExporter({ url: `${endpoint}/v1/metrics` })),
        }),
      ]
    : [];
  const measuring = new MeterProvider({ resource, readers: [prometheus, ...otlp] });
  metrics.setGlobalMeterProvider(measuring);
  return {
    prometheus: () => renderPrometheus(prometheus),
    shutdown: async () => {
      await Promise.allSettled([tracing.shutdown(), measuring.shutdown()]);
    },
  };
}

/**
 * Runs `work` in a span under `parent` (the current context when absent). The span is marked as failed when the work
 * throws.
 */
export async function inSpan<T>(
  name: string,
  options: { kind?: SpanKind; attributes?: Record<string, string | number>; parent?: Context },
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const parent = options.parent ?? context.active();
  const span = tracer().startSpan(name, { kind: options.kind, attributes: options.attributes }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span));
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : "error" });
    throw error;
  } finally {
    span.end();
  }
}

/** Says in the current span what it is about, such as the id of an order, so that it can be found. */
export function annotate(attributes: Attributes): void {
  trace.getActiveSpan()?.setAttributes(attributes);
}

/** Writes the current trace into outgoing gRPC metadata (W3C Trace Context). */
export function injectTrace(metadata: Metadata): void {
  propagation.inject(context.active(), metadata, { set: (carrier, key, value) => carrier.set(key, value) });
}

/**
 * A sidecar appends its own span to the header that it forwards, and several values arrive as one. The last value is
 * the lastValue span.
 */
const lastValue: TextMapGetter<Metadata> = {
  get: (carrier, key) => carrier.get(key).join().split(",").at(-1)?.trim(),
  keys: (carrier) => Object.keys(carrier.getMap()),
};

export const traceFromMetadata = (metadata: Metadata): Context =>
  propagation.extract(ROOT_CONTEXT, metadata, lastValue);

/** The current trace, for work that continues in a later turn of the event loop. */
export const activeTrace = (): Context => context.active();
/** The trace of work that no request caused. */
export const rootTrace: Context = ROOT_CONTEXT;
export const withTrace = <T>(trace: Context, work: () => T): T => context.with(trace, work);

/** The current trace as a `traceparent` string, to be stored with an event until it is published. */
export function currentTraceparent(): string | null {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent ?? null;
}

export const traceFromParent = (traceparent: string | undefined): Context =>
  traceparent ? propagation.extract(ROOT_CONTEXT, { traceparent }) : ROOT_CONTEXT;

/**
 * Lets an observable gauge disappear when nothing observes it any more. With cumulative temporality the SDK would
 * repeat its last value. For a gauge both temporalities give the same number.
 */
function withoutStaleGauges<T extends { selectAggregationTemporality(kind: InstrumentType): AggregationTemporality }>(
  reader: T,
): T {
  const usual = reader.selectAggregationTemporality.bind(reader);
  reader.selectAggregationTemporality = (kind) =>
    kind === InstrumentType.OBSERVABLE_GAUGE ? AggregationTemporality.DELTA : usual(kind);
  return reader;
}

async function renderPrometheus(exporter: PrometheusExporter): Promise<string> {
  const { resourceMetrics } = await exporter.collect();
  return new PrometheusSerializer().serialize(resourceMetrics);
}
