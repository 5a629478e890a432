export { maybeServeMetrics, onSignal, type Platform, pubsubName, runService, secretStore, type Wiring } from "./run.ts";
export { startSweep } from "./sweep.ts";
