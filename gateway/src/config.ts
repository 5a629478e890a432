import { platformConfig } from "@sidecart/platform/config";
import { z } from "zod";

/** The gateway's settings beside the platform's. */
export const gatewayConfig = platformConfig.extend({
  SIDECART_HTTP_PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  SIDECART_HTTP_HOST: z.string().default("127.0.0.1"),
  /** Requests a minute from one address, over all replicas. */
  SIDECART_RATE_LIMIT: z.coerce.number().int().min(1).default(1_200),
  /** Log-ins, registrations and password changes a minute from one address, over all replicas. */
  SIDECART_LOGIN_RATE_LIMIT: z.coerce.number().int().min(1).default(30),
  /** How long a cached value may be read when no change of it is heard; 0: nothing is cached. */
  SIDECART_CACHE_MS: z.coerce.number().int().min(0).max(60_000).default(5_000),
  /** Origins whose pages may call us, comma-separated; `http://localhost:*` for any port of a host, `*` for any origin. */
  SIDECART_CORS_ORIGINS: z.string().default(""),
  /** How many proxies before the gateway may name the client's address. */
  SIDECART_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  /** Whether a client's trace is continued, so that it decides whether the request is recorded. */
  SIDECART_TRUST_TRACE: z.stringbool().default(false),
});
export type GatewayConfig = z.infer<typeof gatewayConfig>;
