import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { StartError } from "../start-error.ts";
import { isSameProcess, startOf } from "./identity.ts";

interface Entry {
  pid: number;
  start: string;
  stopSignal: NodeJS.Signals;
}

interface RunContent {
  launcher: { pid: number; start: string };
  processes: Record<string, Entry>;
  /** The URL of its gateway, once it is ready. */
  gatewayUrl?: string;
}

const politeMs = 4_000;
const pollMs = 25;

/**
 * The file that records the launcher of an instance and the processes that it started. With it the next run stops the
 * processes of a killed launcher. A pid is signalled only if it is still the recorded process.
 */
export class RunRecord {
  readonly #file: string;
  readonly #content: RunContent;

  private constructor(file: string, content: RunContent) {
    this.#file = file;
    this.#content = content;
  }

  /** Claims the instance. Stops processes that a dead launcher left, and returns their names. */
  static async claim(folder: string, name: string): Promise<{ record: RunRecord; leftovers: string[] }> {
    const file = join(folder, "run.json");
    const launcher = { pid: process.pid, start: startOf(process.pid) ?? "" };
    const record = new RunRecord(file, { launcher, processes: {} });
    const leftovers: string[] = [];
    while (!record.#create()) {
      const before = read(file);
      if (before && isSameProcess(before.launcher.pid, before.launcher.start)) {
        throw new StartError(
          `instance "${name}" is already running (pid ${before.launcher.pid}): stop it, or start another with --instance NAME`,
        );
      }
      if (before) leftovers.push(...(await endProcesses(before.processes)));
      rmSync(file, { force: true });
    }
    return { record, leftovers };
  }

  add(name: string, pid: number, stopSignal: NodeJS.Signals): void {
    this.#content.processes[name] = { pid, start: startOf(pid) ?? "", stopSignal };
    this.#write();
  }

  remove(name: string): void {
    delete this.#content.processes[name];
    this.#write();
  }

  announce(gatewayUrl: string): void {
    this.#content.gatewayUrl = gatewayUrl;
    this.#write();
  }

  /** Releases the instance. */
  release(): void {
    rmSync(this.#file, { force: true });
  }

  // Creating a hard link fails if the name exists, so only one of two concurrent launchers gets the instance.
  #create(): boolean {
    const draft = `${this.#file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(this.#content), { mode: 0o600 });
    try {
      linkSync(draft, this.#file);
      return true;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
      throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }

  #write(): void {
    const draft = `${this.#file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(this.#content), { mode: 0o600 });
    renameSync(draft, this.#file);
  }
}

/** The running processes of an instance, by name. */
export function recordedProcesses(folder: string): Map<string, number> {
  const record = read(join(folder, "run.json"));
  const alive = Object.entries(record?.processes ?? {}).filter(([, entry]) => isSameProcess(entry.pid, entry.start));
  return new Map(alive.map(([name, entry]) => [name, entry.pid]));
}

/** A running instance, with the URL of its gateway once that is ready. Undefined if the launcher does not run. */
export function recordedRun(folder: string): { gatewayUrl?: string } | undefined {
  const record = read(join(folder, "run.json"));
  if (!record || !isSameProcess(record.launcher.pid, record.launcher.start)) return undefined;
  return record.gatewayUrl === undefined ? {} : { gatewayUrl: record.gatewayUrl };
}

async function endProcesses(processes: Record<string, Entry>): Promise<string[]> {
  const alive = () => Object.entries(processes).filter(([, entry]) => isSameProcess(entry.pid, entry.start));
  const found = alive();
  for (const [, entry] of found) signal(entry.pid, entry.stopSignal);
  const started = Date.now();
  while (alive().length > 0) {
    const waitedMs = Date.now() - started;
    if (waitedMs > politeMs) for (const [, entry] of alive()) signal(-entry.pid, "SIGKILL");
    if (waitedMs > 2 * politeMs) {
      const left = alive().map(([name, entry]) => `${name} (pid ${entry.pid})`);
      throw new StartError(`an earlier run left processes that do not stop: ${left.join(", ")}`);
    }
    await pause(pollMs);
  }
  return found.map(([name]) => name);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has exited in the meantime.
  }
}

function read(file: string): RunContent | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as RunContent;
  } catch {
    return undefined;
  }
}
