import { join } from "node:path";
import { type App, apps } from "./apps.ts";
import { type Choices, complete, resources } from "./backends/choices.ts";
import type { Instance } from "./instance.ts";
import type { LaunchOptions, Step } from "./launch-options.ts";
import type { ProcessSpec } from "./process/managed-process.ts";
import { isFree, Ports } from "./process/ports.ts";
import type { Probe } from "./process/readiness.ts";
import { readPrivate, writePrivate } from "./secrets/private-file.ts";
import { StartError } from "./start-error.ts";
import type { Stage, System } from "./system.ts";

/** One start of an instance: its choices, its ports, and how to start its processes. */
export class Run {
  readonly instance: Instance;
  readonly system: System;
  readonly ports: Ports;
  readonly apps: readonly App[];
  readonly choices: Choices;
  readonly replicas: Readonly<Record<string, number>>;
  readonly resourcesRoot: string;
  readonly extraResources: readonly string[];
  readonly logLevel: string;
  readonly httpPort: number;
  readonly signal: AbortSignal | undefined;
  readonly #options: LaunchOptions;

  private constructor(system: System, ports: Ports, httpPort: number, options: LaunchOptions) {
    this.instance = system.instance;
    this.system = system;
    this.ports = ports;
    this.httpPort = httpPort;
    this.apps = options.apps ?? apps;
    this.choices = complete(options);
    this.replicas = options.replicas ?? {};
    this.resourcesRoot = options.resourcesRoot ?? resources;
    this.extraResources = options.resources ?? [];
    this.logLevel = options.logLevel ?? "info";
    this.signal = options.signal;
    this.#options = options;
  }

  static async prepare(system: System, options: LaunchOptions): Promise<Run> {
    const ports = new Ports(readPrivate(portsFile(system.instance)));
    system.onStopped(() => ports.giveBack());
    const { port = 0 } = options;
    if (port !== 0 && !(await isFree(port))) {
      throw new StartError(
        `port ${port} is in use: stop the program that listens there, or choose another port with --port N (0: any free one)`,
      );
    }
    return new Run(system, ports, port === 0 ? await ports.hold("gateway.http") : port, options);
  }

  /** Ports for the process `owner`, by purpose. They are held until the process starts. */
  async take<Purpose extends string>(owner: string, purposes: readonly Purpose[]): Promise<Record<Purpose, number>> {
    const taken: Partial<Record<Purpose, number>> = {};
    for (const purpose of purposes) taken[purpose] = await this.ports.hold(`${owner}.${purpose}`);
    writePrivate(portsFile(this.instance), this.ports);
    return taken as Record<Purpose, number>;
  }

  async start(stage: Stage, spec: ProcessSpec, probe: Probe): Promise<void> {
    await this.ports.release(`${spec.name}.`);
    // In the spec, so that a process that is started again has it too.
    const env = { ...spec.env, ...this.#options.env?.[spec.name] };
    this.system.run(stage, { ...spec, env }, probe);
  }

  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const result = await work();
    const step: Step = { name, ms: performance.now() - began };
    this.#options.onStep?.(step);
    return result;
  }

  readonly note = (text: string): void => this.#options.onNote?.(text);
}

function portsFile(instance: Instance): string {
  return join(instance.folder, "ports.json");
}
