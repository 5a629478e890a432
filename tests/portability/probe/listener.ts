import { createListener, onEveryReplica } from "@sidecart/platform/events";
import { background, connectSidecar, implement, startAppServer } from "@sidecart/platform/rpc";
import { onSignal, pubsubName } from "@sidecart/platform/run";
import { createLogger } from "@sidecart/platform/telemetry";
import { OrdersChangedSchema } from "@sidecart/proto/orders/v1/events";
import type { ProbeConfig } from "./config.ts";
import { ProbeService } from "./probe-service.ts";

const startTimeoutMs = 60_000;

/** The probe of the gateway. It has no database, so each replica keeps the received events in memory. */
export async function startListener(config: ProbeConfig): Promise<void> {
  const log = createLogger(config.SIDECART_APP_ID, config.SIDECART_LOG_LEVEL);
  const sidecar = connectSidecar({ port: config.DAPR_GRPC_PORT, apiToken: config.DAPR_API_TOKEN });
  await sidecar.ready(background(startTimeoutMs));
  const heard = new Map<string, string[]>();
  const subscriptions = config.PROBE_TOPICS.map((topic) =>
    onEveryReplica({ topic, schema: OrdersChangedSchema }, async ({ data }) => {
      for (const { id, owner: run } of data.changes) heard.set(run, [...(heard.get(run) ?? []), id]);
    }),
  );
  const nobody = async (): Promise<never> => {
    throw new Error("this probe has no database");
  };
  const probe = implement(ProbeService, {
    publish: nobody,
    release: nobody,
    async heard({ value }) {
      const { run } = JSON.parse(value) as { run: string };
      return { value: JSON.stringify({ ids: heard.get(run) ?? [] }) };
    },
  });
  const server = await startAppServer({
    host: config.SIDECART_APP_HOST,
    port: config.SIDECART_APP_PORT,
    appToken: config.APP_API_TOKEN,
    timeoutMs: config.SIDECART_TIMEOUT_MS,
    log,
    implementations: [probe],
    listener: createListener(subscriptions, log),
    pubsub: pubsubName,
    appId: config.SIDECART_APP_ID,
  });
  onSignal(log, async () => {
    await server.drain(2_000);
    sidecar.close();
  });
}
