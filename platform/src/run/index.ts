export { pubsubName, secretStore } from "./components.ts";
export type { WithDatabase } from "./database-side.ts";
export type { HttpSide, Platform, Wiring } from "./platform.ts";
export { type RunOptions, run } from "./run.ts";
export { startSweep } from "./sweep.ts";
