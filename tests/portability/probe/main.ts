import { loadConfig } from "@sidecart/platform/config";
import { runService } from "@sidecart/platform/run";
import { wire } from "./app.ts";
import { probeConfig } from "./config.ts";
import { startListener } from "./listener.ts";

/** A probe replaces one of our apps. It has the app's id, its sidecar and, except for the gateway, its database. */
const config = loadConfig(probeConfig);
if (config.SIDECART_APP_ID === "gateway") await startListener(config);
else await runService({ config, wire: (platform) => wire(platform, config) });
