export { pubsubName, secretStore } from "./components.ts";
export type { Platform, Wiring } from "./platform.ts";
export { run } from "./run.ts";
export { stopLimits, stopMs } from "./stop-limits.ts";
export { startSweep } from "./sweep.ts";
