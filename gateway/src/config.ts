import { platformConfig } from "@sidecart/platform/config";
import { z } from "zod";

/** The gateway's settings, in addition to the platform's. */
export const gatewayConfig = platformConfig.extend({
  SIDECART_HTTP_PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  SIDECART_HTTP_HOST: z.string().default("127.0.0.1"),
  /** Requests a minute of one account, and from one address without a known token, over all replicas. */
  SIDECART_RATE_LIMIT: z.coerce.number().int().min(1).default(1_200),
  /** Log-ins, registrations, refreshes and password changes a minute from one address, over all replicas. */
  SIDECART_LOGIN_RATE_LIMIT: z.coerce.number().int().min(1).default(30),
  /** How long a value stays in the cache if no change of it arrives; 0 turns the cache off. */
  SIDECART_CACHE_MS: z.coerce.number().int().min(0).max(60_000).default(5_000),
  /** Time in which an operation is to be served; `sidecart_operations_in_time_total` counts those that are. */
  SIDECART_IN_TIME_MS: z.coerce.number().int().min(1).max(60_000).default(500),
  /**
   * Origins whose pages may call the gateway, comma-separated; `http://localhost:*` for any port of a host, `*` for any
   * origin.
   */
  SIDECART_CORS_ORIGINS: z.string().default(""),
  /** Whether anyone may read the schema by introspection. Under `npm start` anyone may. */
  SIDECART_INTROSPECTION: z.stringbool().default(false),
  /** How many proxies in front of the gateway may state the client's address. */
  SIDECART_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  /** Whether to continue a client's trace. The client then decides whether the request is recorded. */
  SIDECART_TRUST_TRACE: z.stringbool().default(false),
});
export type GatewayConfig = z.infer<typeof gatewayConfig>;
