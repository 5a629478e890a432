import type { Instance } from "./instance.ts";
import { type Exit, ManagedProcess, type ProcessSpec } from "./process/managed-process.ts";
import { type Probe, untilReady } from "./process/readiness.ts";
import type { RunRecord } from "./process/run-record.ts";

const stopWithinMs = 9_500;

/** Stages that stop in this order, and the most time of each. The stores may use all the remaining time. */
const stages = { front: 2_000, services: 2_500, sidecars: 2_500, components: 1_000, stores: stopWithinMs } as const;

export type Stage = keyof typeof stages;

/** The processes of one instance. They stop in the order of the stages. */
export class System {
  readonly instance: Instance;
  readonly processes = new Map<string, ManagedProcess>();
  readonly #record: RunRecord;
  readonly #stageOf = new Map<string, Stage>();
  readonly #probes = new Map<string, Probe>();
  readonly #listeners: ((exit: Exit) => void)[] = [];
  readonly #afterwards: (() => void)[] = [];
  #stopped: Promise<string[]> | undefined;

  constructor(instance: Instance, record: RunRecord) {
    this.instance = instance;
    this.#record = record;
  }

  get stopping(): boolean {
    return this.#stopped !== undefined;
  }

  /** Records the URL of this instance's gateway for other commands. */
  announce(gatewayUrl: string): void {
    this.#record.announce(gatewayUrl);
  }

  /** Starts a process for the first time; `probe` decides when it is ready. */
  run(stage: Stage, spec: ProcessSpec, probe: Probe): void {
    if (this.stopping) throw new Error("the system is stopping");
    const process = new ManagedProcess(spec, {
      onStart: ({ name, pid }) => pid !== undefined && this.#record.add(name, pid, spec.stopSignal ?? "SIGTERM"),
      onExit: (exit) => this.#onExit(exit),
    });
    this.processes.set(spec.name, process);
    this.#stageOf.set(spec.name, stage);
    this.#probes.set(spec.name, probe);
    process.start();
  }

  /** Starts a process again after it has exited. */
  start(name: string, env: NodeJS.ProcessEnv = {}): void {
    if (this.stopping) throw new Error("the system is stopping");
    this.process(name).start(env);
  }

  /** Waits until a started process is ready; fails when it exits or takes too long. */
  async ready(name: string): Promise<void> {
    const probe = this.#probes.get(name);
    if (probe) await untilReady(this.process(name), probe);
  }

  /** Calls the listener for every process that exits, expectedly or not. */
  onExit(listener: (exit: Exit) => void): void {
    this.#listeners.push(listener);
  }

  /** Calls the listener when all processes have stopped. */
  onStopped(work: () => void): void {
    this.#afterwards.push(work);
  }

  process(name: string): ManagedProcess {
    const found = this.processes.get(name);
    if (!found) throw new Error(`no process "${name}": there are ${[...this.processes.keys()].join(", ")}`);
    return found;
  }

  /**
   * Stops all processes in order and releases the instance. Returns the names of those that it had to kill. Further
   * calls wait for the first.
   */
  stop(): Promise<string[]> {
    this.#stopped ??= this.#stopInOrder();
    return this.#stopped;
  }

  /** Kills all processes at once. */
  kill(): void {
    this.#stopped ??= Promise.resolve([]);
    for (const process of this.processes.values()) process.kill("SIGKILL");
  }

  async #stopInOrder(): Promise<string[]> {
    const deadline = performance.now() + stopWithinMs;
    const late: string[] = [];
    for (const [stage, mostMs] of Object.entries(stages)) {
      const withinMs = Math.min(mostMs, deadline - performance.now());
      const due = [...this.processes.values()].filter(({ name }) => this.#stageOf.get(name) === stage);
      const inTime = await Promise.all(due.map((process) => process.stop(withinMs)));
      late.push(...due.filter((_, place) => !inTime[place]).map(({ name }) => name));
    }
    for (const work of this.#afterwards) work();
    this.#record.release();
    return late;
  }

  #onExit(exit: Exit): void {
    this.#record.remove(exit.name);
    for (const listener of this.#listeners) listener(exit);
  }
}
