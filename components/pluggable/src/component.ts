import type { Logger } from "pino";
import type { z } from "zod";

/** A component in TypeScript: the schema of its options, how to open an instance, and the calls it serves. */
export type Component<Options, Instance extends ComponentInstance> = {
  /** The last part of the Dapr component type ("elasticsearch" of bindings.elasticsearch); also names the socket file. */
  name: string;
  /** The schema of `spec.metadata` in its YAML. Metadata is text: `options.ts` parses numbers. */
  options: z.ZodType<Options>;
  /**
   * Opens one Dapr component. It must not wait for a server that may be down, nor for long work: daprd exits when Init
   * fails or takes more than five seconds.
   */
  open(options: Options, context: OpenContext): Promise<Instance>;
  protocol: Protocol<Instance>;
};

/** `instance` is the name of the Dapr component (`metadata.name`). Every log line contains it. */
type OpenContext = { instance: string; logger: Logger };

export type ComponentInstance = {
  /** Resolves when the component can serve calls; rejects otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
};

/** One kind of component: a service of Dapr's components protocol, and its calls besides Init and Ping. */
type Protocol<Instance> = {
  service: "OutputBinding" | "SecretStore";
  calls: Record<string, (call: Call<Instance>) => Promise<object>>;
};

export type Call<Instance, Request = unknown> = {
  request: Request;
  /** Aborted when the caller cancels or disconnects. */
  signal: AbortSignal;
  /** Runs with the instance that the call names. The instance stays open until `act` has finished. */
  use<Result>(act: (instance: Instance) => Promise<Result>): Promise<Result>;
};
