import type { BatchObservableCallback } from "@opentelemetry/api";
import { meter } from "../telemetry/telemetry.ts";
import { type Circuit, type CircuitOptions, createCircuit } from "./circuit.ts";

export type Circuits = {
  /** The circuit breaker of a service, by its app id. */
  of(callee: string): Circuit;
  stop(): void;
};

const levels = { closed: 0, half_open: 1, open: 2 } as const;

/** The circuit breakers of this process, one for each service that it calls. */
export function createCircuits(optionsOf: (callee: string) => CircuitOptions): Circuits {
  const circuits = new Map<string, Circuit>();
  const state = meter().createObservableGauge("sidecart_circuit_state", {
    description: "Circuit breaker of a called service: 0 closed, 1 half open, 2 open",
  });
  const refused = meter().createObservableCounter("sidecart_circuit_refused_calls_total", {
    description: "Calls that were refused because the circuit breaker was open or too many calls were in progress",
  });
  const observe: BatchObservableCallback = (result) => {
    for (const [callee, circuit] of circuits) {
      result.observe(state, levels[circuit.state()], { callee });
      result.observe(refused, circuit.refused(), { callee });
    }
  };
  meter().addBatchObservableCallback(observe, [state, refused]);
  return {
    of(callee) {
      const known = circuits.get(callee);
      if (known) return known;
      const circuit = createCircuit(optionsOf(callee));
      circuits.set(callee, circuit);
      return circuit;
    },
    stop() {
      meter().removeBatchObservableCallback(observe, [state, refused]);
      for (const circuit of circuits.values()) circuit.stop();
    },
  };
}
