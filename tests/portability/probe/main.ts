import { loadConfig } from "@sidecart/platform/config";
import { runService } from "@sidecart/platform/run";
import { wire } from "./app.ts";
import { probeConfig } from "./config.ts";
import { startListener } from "./listener.ts";

/** A probe in the place of an app of ours: with its id, its sidecar and, but for the gateway, its database. */
const config = loadConfig(probeConfig);
if (config.SIDECART_APP_ID === "gateway") await startListener(config);
else await runService({ config, wire: (platform) => wire(platform, config) });
