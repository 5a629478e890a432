import { startAppServer } from "@sidecart/platform/app-server";
import { background } from "@sidecart/platform/call";
import { systemClock } from "@sidecart/platform/ids";
import type { Logger } from "@sidecart/platform/log";
import { pubsubName } from "@sidecart/platform/service";
import { connectSidecar } from "@sidecart/platform/sidecar";
import { serveMetrics, startTelemetry } from "@sidecart/platform/telemetry";
import type { GatewayConfig } from "./config.ts";
import { registerGraphiql } from "./graphiql.ts";
import { registerGraphql } from "./graphql.ts";
import { registerHealth, registerLocalMetrics } from "./health.ts";
import { createHttp } from "./http.ts";
import { registerRateLimits } from "./rate-limits.ts";
import { createReadiness } from "./readiness.ts";
import { connectRedis, redisUrl } from "./redis.ts";
import { connectServices } from "./services.ts";

const startTimeoutMs = 60_000;
const drainMs = 8_000;

/** The gateway, wired and listening. */
export async function startGateway(config: GatewayConfig, log: Logger): Promise<{ stop(): Promise<void> }> {
  const telemetry = startTelemetry(config);
  const sidecar = connectSidecar({ port: config.DAPR_GRPC_PORT, apiToken: config.DAPR_API_TOKEN });
  await sidecar.ready(background(startTimeoutMs));
  const redis = connectRedis(await redisUrl(sidecar), log);
  const services = connectServices(sidecar);
  const http = await createHttp(config, log);
  const countLogin = await registerRateLimits(http, config, redis, log);
  registerHealth(http, createReadiness({ sidecar, services, clock: systemClock }));
  await registerGraphql(http, {
    services,
    timeoutMs: config.SIDECART_TIMEOUT_MS,
    countLogin,
    log,
  });
  if (config.SIDECART_LOCAL) {
    registerLocalMetrics(http, telemetry);
    await registerGraphiql(http);
  }
  const server = await startAppServer({
    host: config.SIDECART_APP_HOST,
    port: config.SIDECART_APP_PORT,
    appToken: config.APP_API_TOKEN,
    timeoutMs: config.SIDECART_TIMEOUT_MS,
    log,
    implementations: [],
    pubsub: pubsubName,
    appId: config.SIDECART_APP_ID,
  });
  const port = config.SIDECART_METRICS_PORT;
  const metrics = port === undefined ? undefined : await serveMetrics(telemetry, config.SIDECART_APP_HOST, port);
  await http.listen({ host: config.SIDECART_HTTP_HOST, port: config.SIDECART_HTTP_PORT });
  return {
    async stop() {
      await http.close();
      await server.drain(drainMs);
      redis.disconnect();
      sidecar.close();
      metrics?.close();
      await telemetry.shutdown();
    },
  };
}
