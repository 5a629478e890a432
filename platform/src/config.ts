import { z } from "zod";
import { fault } from "./fault.ts";

/** Settings of every process. A service adds its own with `platformConfig.extend({…})`. */
export const platformConfig = z.object({
  SIDECART_APP_ID: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  /** Port of our gRPC server. Only the sidecar calls it. */
  SIDECART_APP_PORT: z.coerce.number().int().min(1).max(65535),
  SIDECART_APP_HOST: z.string().default("127.0.0.1"),
  DAPR_GRPC_PORT: z.coerce.number().int().min(1).max(65535).default(50001),
  /** Sent to the sidecar with every call. Source: Dapr API token authentication. */
  DAPR_API_TOKEN: z.string().min(16).optional(),
  /** The token that the sidecar sends us. A call without it did not come through the sidecar. */
  APP_API_TOKEN: z.string().min(16),
  SIDECART_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  /** Port of Prometheus metrics, /healthz and /readyz; no server when absent. */
  SIDECART_METRICS_PORT: z.coerce.number().int().min(0).max(65535).optional(),
  /** In a pod it is 0.0.0.0, because Kubernetes and Prometheus connect from outside. */
  SIDECART_METRICS_HOST: z.string().default("127.0.0.1"),
  /** Traces and metrics are exported there (OTLP over HTTP); no export when absent. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  /** Share of new traces that are recorded, 0 to 1. */
  SIDECART_TRACE_RATIO: z.coerce.number().min(0).max(1).default(1),
  /** Set only by `npm start`: permits the published sample log-ins. */
  SIDECART_LOCAL: z.stringbool().default(false),
  /** Fault tests only: the signal that this process sends to itself, and at which step of its outbox relay. */
  SIDECART_FAULT: fault.optional(),
  /**
   * How long a stopping process still serves while its health check fails. In this time the sidecar notices (health
   * probe interval times threshold) and stops delivering events, and the cluster removes the pod's address from its
   * endpoints.
   */
  SIDECART_DRAIN_DELAY_MS: z.coerce.number().int().min(0).max(20_000).default(3_000),
  /** Timeout of a request whose caller set no deadline. */
  SIDECART_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(10_000),
});

export type PlatformConfig = z.infer<typeof platformConfig>;

/** Reads the environment once. Throws an error that names each invalid key but never its value. */
export function loadConfig<T>(schema: z.ZodType<T>, env: Record<string, string | undefined> = process.env): T {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".") || "config"}: ${issue.message}`);
  throw new Error(`Configuration: ${problems.join("; ")}`);
}
