import type { Call, Component, ComponentInstance } from "./component.ts";
import { ComponentError } from "./errors.ts";
import type { InvokeRequest } from "./protocol.ts";

export type BindingInstance = ComponentInstance & {
  /** Answers one call with JSON bytes; throws ComponentError for what the caller should know. */
  invoke(operation: string, data: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
};

export type OutputBinding<Options> = Component<Options, BindingInstance> & { operations: readonly string[] };

/** A component of type `bindings.<name>` that is called with an operation and JSON. */
export function outputBinding<Options>(settings: Omit<OutputBinding<Options>, "protocol">): OutputBinding<Options> {
  const { operations } = settings;

  async function invoke({ request, signal, use }: Call<BindingInstance>): Promise<object> {
    const { operation, data } = request as InvokeRequest;
    if (!operations.includes(operation)) {
      throw new ComponentError("UNIMPLEMENTED", `operation must be one of ${operations.join(", ")}`);
    }
    return { data: await use((instance) => instance.invoke(operation, data, signal)), contentType: "application/json" };
  }

  const calls = { Invoke: invoke, ListOperations: async () => ({ operations }) };
  return { ...settings, protocol: { service: "OutputBinding", calls } };
}
