import type { App } from "./apps.ts";
import type { Choices } from "./backends/choices.ts";
import type { Instance } from "./instance.ts";

export interface LaunchOptions extends Partial<Choices> {
  /** The copy of the system; each has its own data, logs and ports. */
  instance?: string;
  /** The folder of all instances; default SIDECART_HOME, else `.sidecart` in the checkout. */
  home?: string;
  /** The port of the gateway; 0, the default here, is any free port. */
  port?: number;
  /** Deletes the instance's data first. */
  reset?: boolean;
  logLevel?: string;
  /** The apps to run; default: those of apps.ts. */
  apps?: readonly App[];
  /** Number of processes of an app, by its id; each has its own sidecar. Default: one. */
  replicas?: Readonly<Record<string, number>>;
  /** The folder of all Dapr resources; default `components/resources`. */
  resourcesRoot?: string;
  /** Further folders of Dapr resources. */
  resources?: readonly string[];
  /** Environment by process name; overrides the launcher's. */
  env?: Readonly<Record<string, Record<string, string>>>;
  /** Called with the instance before its first process starts. */
  onInstance?: (instance: Instance) => void;
  /** Called after each step, with its duration. */
  onStep?: (step: Step) => void;
  /** Called with notes, such as that a step takes long. */
  onNote?: (text: string) => void;
  /** Cancels the start and stops the processes in order. */
  signal?: AbortSignal;
  /** Kills all processes at once, during the start or later. */
  killSignal?: AbortSignal;
}

export interface Step {
  name: string;
  ms: number;
}
