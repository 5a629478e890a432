import { systemClock } from "@sidecart/platform/ids";
import type { Platform, Wiring } from "@sidecart/platform/run";
import type { Telemetry } from "@sidecart/platform/telemetry";
import type { FastifyInstance } from "fastify";
import type { gateway } from "../service.ts";
import type { GatewayConfig } from "./config.ts";
import { connectDomains, fieldCosts, operations, typeDefs } from "./domains/domains.ts";
import { registerGraphiql } from "./graphql/graphiql.ts";
import { registerGraphql } from "./graphql/register-graphql.ts";
import { createDrain } from "./http/drain.ts";
import { registerHealth, registerLocalMetrics } from "./http/health.ts";
import { registerRateLimits } from "./http/rate-limits.ts";
import { connectRedis, redisUrl } from "./http/redis.ts";
import { createHttp } from "./http/server.ts";
import { createOperationCounts } from "./operation-counts.ts";
import { createReadiness } from "./readiness.ts";
import { callees, connectServices } from "./services.ts";
import { subscriptions } from "./subscriptions.ts";

const notReady = { ready: false, status: "unavailable" } as const;

/** Wires the gateway. */
export async function wire(platform: Platform<typeof gateway, GatewayConfig>): Promise<Wiring<typeof gateway>> {
  const { config, log, sidecar, verifier, telemetry, problems } = platform;
  const redis = connectRedis(await redisUrl(sidecar), log);
  const services = connectServices(sidecar);
  const maxAgeMs = config.SIDECART_CACHE_MS;
  const timeoutMs = config.SIDECART_TIMEOUT_MS;
  const domains = connectDomains({ services, verifier, maxAgeMs, timeoutMs });
  const counts = createOperationCounts(operations, config.SIDECART_IN_TIME_MS);
  const http = await createHttp(config, counts, log);
  const limits = await registerRateLimits(http, config, redis, verifier);
  const drain = createDrain(http, config.SIDECART_DRAIN_DELAY_MS);
  const probe = createReadiness({ sidecar, services, clock: systemClock, log });
  const isClosed = () => problems().length > 0 || drain.begun();
  const readiness = async () => ({ ...(await probe()), ...(isClosed() && notReady) });
  registerHealth(http, readiness);
  const introspection = config.SIDECART_LOCAL || config.SIDECART_INTROSPECTION;
  await registerGraphql(http, {
    ...domains,
    typeDefs,
    fieldCosts,
    timeoutMs,
    maxAgeMs,
    introspection,
    counts,
    ...limits,
    log,
  });
  if (config.SIDECART_LOCAL) await registerLocal(http, telemetry);
  return {
    subscriptions: subscriptions(domains),
    calls: callees,
    http: {
      listen: async () =>
        void (await http.listen({ host: config.SIDECART_HTTP_HOST, port: config.SIDECART_HTTP_PORT })),
      isReady: async () => (await readiness()).ready,
      drain: drain.run,
    },
    stop: () => redis.disconnect(),
  };
}

/** Metrics and GraphiQL for `npm start`. */
async function registerLocal(http: FastifyInstance, telemetry: Pick<Telemetry, "prometheus">): Promise<void> {
  registerLocalMetrics(http, telemetry);
  await registerGraphiql(http);
}
