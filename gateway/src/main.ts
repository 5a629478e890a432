import { run } from "@sidecart/platform/run";
import { gateway } from "../service.ts";
import { wire } from "./app.ts";
import { gatewayConfig } from "./config.ts";

await run({ service: gateway, config: gatewayConfig, wire });
