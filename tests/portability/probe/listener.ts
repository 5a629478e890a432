import { implement, startAppServer } from "@sidecart/platform/app-server";
import { background } from "@sidecart/platform/call";
import { createLogger } from "@sidecart/platform/log";
import { onSignal, pubsubName } from "@sidecart/platform/service";
import { connectSidecar } from "@sidecart/platform/sidecar";
import type { ProbeConfig } from "./config.ts";
import { ProbeService } from "./probe-service.ts";

const startTimeoutMs = 60_000;

/** The probe of the gateway, which has no database. */
export async function startListener(config: ProbeConfig): Promise<void> {
  const log = createLogger(config.SIDECART_APP_ID, config.SIDECART_LOG_LEVEL);
  const sidecar = connectSidecar({ port: config.DAPR_GRPC_PORT, apiToken: config.DAPR_API_TOKEN });
  await sidecar.ready(background(startTimeoutMs));
  const nobody = async (): Promise<never> => {
    throw new Error("it has no database");
  };
  const probe = implement(ProbeService, {
    publish: nobody,
    release: nobody,
    heard: async () => ({ value: JSON.stringify({ ids: [] }) }),
  });
  const server = await startAppServer({
    host: config.SIDECART_APP_HOST,
    port: config.SIDECART_APP_PORT,
    appToken: config.APP_API_TOKEN,
    timeoutMs: config.SIDECART_TIMEOUT_MS,
    log,
    implementations: [probe],
    pubsub: pubsubName,
    appId: config.SIDECART_APP_ID,
  });
  onSignal(log, async () => {
    await server.drain(2_000);
    sidecar.close();
  });
}
