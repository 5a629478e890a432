import type { App } from "./apps.ts";
import type { Choices } from "./backends/choices.ts";
import type { Instance } from "./instance.ts";

export interface LaunchOptions extends Partial<Choices> {
  /** Which copy of the system: each has its own data, logs and ports. */
  instance?: string;
  /** The folder of all instances; default SIDECART_HOME, else `.sidecart` in the checkout. */
  home?: string;
  /** Where the gateway listens; 0, the default for a library, is any free port. */
  port?: number;
  /** Forgets the instance's data first. */
  reset?: boolean;
  logLevel?: string;
  /** What to run; default: the table in apps.ts. */
  apps?: readonly App[];
  /** How many processes of an app, by its id; each has a sidecar of its own. Default: one. */
  replicas?: Readonly<Record<string, number>>;
  /** The folder of all Dapr resources; default `components/resources`. */
  resourcesRoot?: string;
  /** Folders of Dapr resources beside those of the backends. */
  resources?: readonly string[];
  /** Environment by process name, over what the launcher sets. */
  env?: Readonly<Record<string, Record<string, string>>>;
  /** Is told where the instance lives, before anything of it starts. */
  onInstance?: (instance: Instance) => void;
  /** Is told what has been done and how long it took. */
  onStep?: (step: Step) => void;
  /** Is told what takes long while it does. */
  onNote?: (text: string) => void;
  /** Gives up starting, and stops what has been started. */
  signal?: AbortSignal;
  /** Ends everything at once, while starting or later. */
  killSignal?: AbortSignal;
}

export interface Step {
  name: string;
  ms: number;
}
