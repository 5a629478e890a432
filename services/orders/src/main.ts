import { loadConfig, platformConfig } from "@sidecart/platform/config";
import { runService } from "@sidecart/platform/service";
import { z } from "zod";
import { wire } from "./app.ts";

const config = platformConfig.extend({
  /** Fault tests only: die, as from kill -9, after claiming outbox rows and before publishing them. */
  SIDECART_FAULT_BEFORE_PUBLISH: z.stringbool().default(false),
});

const loaded = loadConfig(config);
const beforePublish = () => process.kill(process.pid, "SIGKILL");
await runService({
  config: loaded,
  wire,
  ...(loaded.SIDECART_FAULT_BEFORE_PUBLISH && { beforePublish: () => void beforePublish() }),
});
