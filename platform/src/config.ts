import { z } from "zod";
import { fault } from "./fault.ts";

/** What every process needs; a service adds its own keys with `platformConfig.extend({…})`. */
export const platformConfig = z.object({
  SIDECART_APP_ID: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  /** Port of our gRPC server, which only the sidecar calls. */
  SIDECART_APP_PORT: z.coerce.number().int().min(1).max(65535),
  SIDECART_APP_HOST: z.string().default("127.0.0.1"),
  DAPR_GRPC_PORT: z.coerce.number().int().min(1).max(65535).default(50001),
  /** Shown to the sidecar with every call. Source: Dapr API token authentication. */
  DAPR_API_TOKEN: z.string().min(16).optional(),
  /** What the sidecar shows us: a call without it did not come through the sidecar. */
  APP_API_TOKEN: z.string().min(16),
  SIDECART_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  /** Prometheus metrics, /healthz and /readyz on this port; none when absent. */
  SIDECART_METRICS_PORT: z.coerce.number().int().min(0).max(65535).optional(),
  /** Kubernetes and Prometheus ask from outside the pod: there it is 0.0.0.0. */
  SIDECART_METRICS_HOST: z.string().default("127.0.0.1"),
  /** Traces and metrics are sent there (OTLP over HTTP); none when absent. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  /** Share of new traces that is recorded, 0 to 1. */
  SIDECART_TRACE_RATIO: z.coerce.number().min(0).max(1).default(1),
  /** Set by `npm start` only: permits the published sample log-ins. */
  SIDECART_LOCAL: z.stringbool().default(false),
  /** Fault tests only: what this process does to itself at a step of its outbox relay. */
  SIDECART_FAULT: fault.optional(),
  /**
   * How long a stopping process still serves while its health says no: its sidecar needs that to notice (health probe
   * interval times threshold) and then delivers no more events; a cluster needs it to take the pod's address from
   * everybody who looks for one.
   */
  SIDECART_DRAIN_DELAY_MS: z.coerce.number().int().min(0).max(20_000).default(3_000),
  /** Longest a request may take when the caller set no deadline. */
  SIDECART_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(10_000),
});

export type PlatformConfig = z.infer<typeof platformConfig>;

/** Reads the environment once. A bad value throws an error that names each key and never its value. */
export function loadConfig<T>(schema: z.ZodType<T>, env: Record<string, string | undefined> = process.env): T {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".") || "config"}: ${issue.message}`);
  throw new Error(`Configuration: ${problems.join("; ")}`);
}
