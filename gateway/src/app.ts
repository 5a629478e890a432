import { createListener } from "@sidecart/platform/events";
import { systemClock } from "@sidecart/platform/ids";
import { background, connectSidecar, createVerifier, startAppServer } from "@sidecart/platform/rpc";
import { maybeServeMetrics, pubsubName } from "@sidecart/platform/run";
import type { Logger } from "@sidecart/platform/telemetry";
import { startTelemetry } from "@sidecart/platform/telemetry";
import type { GatewayConfig } from "./config.ts";
import { connectDomains, fieldCosts, typeDefs } from "./domains/domains.ts";
import { registerGraphiql } from "./graphql/graphiql.ts";
import { registerGraphql } from "./graphql/register-graphql.ts";
import { createDrain } from "./http/drain.ts";
import { registerHealth, registerLocalMetrics } from "./http/health.ts";
import { registerRateLimits } from "./http/rate-limits.ts";
import { connectRedis, redisUrl } from "./http/redis.ts";
import { createHttp } from "./http/server.ts";
import { createReadiness, type Readiness } from "./readiness.ts";
import { connectServices } from "./services.ts";
import { subscriptions } from "./subscriptions.ts";

const startTimeoutMs = 60_000;
const drainMs = 8_000;
const draining = { ready: false, status: "unavailable" } as const;

/** The gateway, wired and listening. */
export async function startGateway(config: GatewayConfig, log: Logger): Promise<{ stop(): Promise<void> }> {
  const telemetry = startTelemetry(config);
  let readiness: (() => Promise<Readiness>) | undefined;
  const metrics = await maybeServeMetrics(config, telemetry, async () => (await readiness?.())?.ready ?? false);
  const sidecar = connectSidecar({ port: config.DAPR_GRPC_PORT, apiToken: config.DAPR_API_TOKEN });
  await sidecar.ready(background(startTimeoutMs));
  const redis = connectRedis(await redisUrl(sidecar), log);
  const services = connectServices(sidecar);
  const maxAgeMs = config.SIDECART_CACHE_MS;
  const timeoutMs = config.SIDECART_TIMEOUT_MS;
  const domains = connectDomains({ services, verifier: createVerifier(sidecar), maxAgeMs, timeoutMs });
  const http = await createHttp(config, log);
  const countLogin = await registerRateLimits(http, config, redis, log);
  const drain = createDrain(http, config.SIDECART_DRAIN_DELAY_MS);
  const reached = createReadiness({ sidecar, services, clock: systemClock, log });
  const ready = async () => ({ ...(await reached()), ...(drain.begun() && draining) });
  registerHealth(http, ready);
  await registerGraphql(http, { ...domains, typeDefs, fieldCosts, timeoutMs, maxAgeMs, countLogin, log });
  if (config.SIDECART_LOCAL) {
    registerLocalMetrics(http, telemetry);
    await registerGraphiql(http);
  }
  const server = await startAppServer({
    host: config.SIDECART_APP_HOST,
    port: config.SIDECART_APP_PORT,
    appToken: config.APP_API_TOKEN,
    timeoutMs,
    log,
    implementations: [],
    listener: createListener(subscriptions(domains), log),
    pubsub: pubsubName,
    appId: config.SIDECART_APP_ID,
  });
  await http.listen({ host: config.SIDECART_HTTP_HOST, port: config.SIDECART_HTTP_PORT });
  readiness = ready;
  return {
    async stop() {
      await drain.run();
      await server.drain(drainMs);
      redis.disconnect();
      sidecar.close();
      metrics?.close();
      await telemetry.shutdown();
    },
  };
}
