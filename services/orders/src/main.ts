import { run } from "@sidecart/platform/run";
import { orders } from "../service.ts";
import { wire } from "./app.ts";
import { ordersConfig } from "./config.ts";

await run({ service: orders, config: ordersConfig, wire });
