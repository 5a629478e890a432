import { startAppServer } from "@sidecart/platform/app-server";
import { background } from "@sidecart/platform/call";
import type { Logger } from "@sidecart/platform/log";
import { pubsubName, secretStore } from "@sidecart/platform/service";
import { connectSidecar } from "@sidecart/platform/sidecar";
import { serveMetrics, startTelemetry } from "@sidecart/platform/telemetry";
import { Redis } from "ioredis";
import type { GatewayConfig } from "./config.ts";
import { registerGraphiql } from "./graphiql.ts";
import { registerGraphql } from "./graphql.ts";
import { registerHealth } from "./health.ts";
import { createHttp } from "./http.ts";
import { registerRateLimits } from "./rate-limits.ts";
import { connectServices } from "./services.ts";

const startTimeoutMs = 60_000;
const drainMs = 8_000;

/** The gateway, wired and listening. */
export async function startGateway(config: GatewayConfig, log: Logger): Promise<{ stop(): Promise<void> }> {
  const telemetry = startTelemetry(config);
  const sidecar = connectSidecar({ port: config.DAPR_GRPC_PORT, apiToken: config.DAPR_API_TOKEN });
  await sidecar.ready(background(startTimeoutMs));
  const { url = "" } = await sidecar.secret(secretStore, "redis", background(10_000));
  const redis = connectRedis(url, log);
  const services = connectServices(sidecar);
  const http = await createHttp(config, log);
  const countLogin = await registerRateLimits(http, config, redis, log);
  registerHealth(http, services, telemetry);
  await registerGraphql(http, {
    services,
    timeoutMs: config.SIDECART_TIMEOUT_MS,
    countLogin,
    log,
  });
  if (config.SIDECART_LOCAL) await registerGraphiql(http);
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

/** Shared by the replicas for rate limits alone: while it is away, commands fail at once and limits are not kept. */
function connectRedis(url: string, log: Logger): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: 500,
    commandTimeout: 500,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
  });
  let known = true;
  redis.on("error", (error) => {
    if (known) log.warn({ err: error }, "Redis is not reachable: rate limits are not kept meanwhile");
    known = false;
  });
  redis.on("ready", () => {
    known = true;
  });
  return redis;
}
