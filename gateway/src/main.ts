import { loadConfig } from "@sidecart/platform/config";
import { onSignal } from "@sidecart/platform/run";
import { createLogger } from "@sidecart/platform/telemetry";
import { startGateway } from "./app.ts";
import { gatewayConfig } from "./config.ts";

const config = loadConfig(gatewayConfig);
const log = createLogger(config.SIDECART_APP_ID, config.SIDECART_LOG_LEVEL);
try {
  const gateway = await startGateway(config, log);
  onSignal(log, () => gateway.stop());
  log.info({ port: config.SIDECART_HTTP_PORT }, "ready");
} catch (error) {
  log.fatal({ err: error }, "could not start");
  process.exit(1);
}
