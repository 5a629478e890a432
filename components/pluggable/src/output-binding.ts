import type { Call, Component, ComponentInstance } from "./component.ts";
import { ComponentError } from "./errors.ts";
import type { InvokeRequest } from "./protocol.ts";

export type BindingInstance = ComponentInstance & {
  /** Returns JSON bytes; throws ComponentError for errors that the caller may see. */
  invoke(operation: string, data: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
};

export type OutputBinding<Options> = Component<Options, BindingInstance> & { operations: readonly string[] };

/** A component of type `bindings.<name>`. A call has an operation and JSON data. */
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
