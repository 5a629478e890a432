import type { Logger } from "pino";
import type { z } from "zod";

/** What one component type offers: how its options look and how an instance is opened from them. */
export type OutputBinding<Options> = {
  /** The last part of the Dapr component type, also the socket's file name: "elasticsearch" is bindings.elasticsearch. */
  name: string;
  operations: readonly string[];
  options: z.ZodType<Options>;
  /**
   * Opens one Dapr component. It must not wait for a server that may be down, nor for long work: daprd gives Init five
   * seconds and exits when it fails.
   */
  open(options: Options, context: { instance: string; logger: Logger }): Promise<BindingInstance>;
};

export type BindingInstance = {
  /** Answers one call with JSON bytes; throws BindingError for what the caller should know. */
  invoke(operation: string, data: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
  /** Resolves when calls can be served now. */
  ping(): Promise<void>;
  close(): Promise<void>;
};
