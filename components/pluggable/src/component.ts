import type { Logger } from "pino";
import type { z } from "zod";

/** A component in TypeScript: how its options look, how an instance is opened from them, and what daprd may ask of it. */
export type Component<Options, Instance extends ComponentInstance> = {
  /** The last part of the Dapr component type, also the socket's file name: "elasticsearch" is bindings.elasticsearch. */
  name: string;
  /** What the metadata of its YAML may hold. Metadata is text: `options.ts` has a reader for numbers. */
  options: z.ZodType<Options>;
  /**
   * Opens one Dapr component. It must not wait for a server that may be down, nor for long work: daprd gives Init five
   * seconds and exits when it fails.
   */
  open(options: Options, context: OpenContext): Promise<Instance>;
  protocol: Protocol<Instance>;
};

/** `instance` is the name of the Dapr component (`metadata.name`), which also stands in every line of the log. */
type OpenContext = { instance: string; logger: Logger };

export type ComponentInstance = {
  /** Resolves when calls can be served now. */
  ping(): Promise<void>;
  close(): Promise<void>;
};

/** One kind of component: a service of Dapr's components protocol, and its calls beside Init and Ping. */
type Protocol<Instance> = {
  service: "OutputBinding" | "SecretStore";
  calls: Record<string, (call: Call<Instance>) => Promise<object>>;
};

export type Call<Instance, Request = unknown> = {
  request: Request;
  /** Aborted when the caller goes away. */
  signal: AbortSignal;
  /** Runs with the instance the call names, which is not closed meanwhile. */
  use<Result>(act: (instance: Instance) => Promise<Result>): Promise<Result>;
};
