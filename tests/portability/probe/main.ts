import { loadConfig } from "@sidecart/platform/config";
import { run } from "@sidecart/platform/run";
import { wire } from "./app.ts";
import { probeConfig } from "./config.ts";
import { wireListener } from "./listener.ts";

/** A probe that replaces one of our apps, with its id, its sidecar and (except for the gateway) its database. */
const { SIDECART_APP_ID: name } = loadConfig(probeConfig);
if (name === "gateway") await run({ service: { name }, config: probeConfig, wire: wireListener });
else await run({ service: { name, database: true }, config: probeConfig, wire });
