/**
 * How long a process may take to stop after its drain delay. A pod's grace period grants the same (graceSeconds in
 * _services.tpl), and the chart's tests compare the two. A process that takes longer is killed.
 */
export const stopMs = 20_000;

/** The longest time of each step of a stop, in their order. What a step leaves undone is repeated by other replicas. */
export type StopLimits = {
  /** HTTP requests in progress. A request may take 10 seconds. */
  requestsMs: number;
  /** Calls and deliveries in progress. */
  callsMs: number;
  /** What the service itself started, such as sweeps. */
  workMs: number;
  /** The last events of the outbox. The relay starts batches for 3 seconds. */
  relayMs: number;
  /** The last spans and metrics. */
  telemetryMs: number;
};

/** Together at most `stopMs`. */
export const stopLimits = (http: boolean): StopLimits =>
  http
    ? { requestsMs: 11_000, callsMs: 2_000, workMs: 2_000, relayMs: 3_000, telemetryMs: 2_000 }
    : { requestsMs: 0, callsMs: 8_000, workMs: 4_000, relayMs: 4_000, telemetryMs: 4_000 };
