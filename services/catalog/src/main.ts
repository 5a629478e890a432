import { loadConfig, platformConfig } from "@sidecart/platform/config";
import { runService } from "@sidecart/platform/run";
import { wire } from "./app.ts";

await runService({ config: loadConfig(platformConfig), wire });
