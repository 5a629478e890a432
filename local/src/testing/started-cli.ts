import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "tap";
import { isSameProcess, startOf } from "../process/identity.ts";
import { recordedProcesses } from "../process/run-record.ts";

const entry = join(import.meta.dirname, "..", "main.ts");

/** A folder for instances that PostgreSQL's user can enter; deleted when the test ends. */
export function temporaryHome(t: Test): string {
  const home = mkdtempSync(join(tmpdir(), "sidecart-test-"));
  chmodSync(home, 0o711);
  t.teardown(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

/** `npm start` as a process, with its output. */
export class StartedCli {
  readonly home: string;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();
  output = "";

  constructor(t: Test, home: string, args: readonly string[], env: Record<string, string> = {}) {
    this.home = home;
    const child = spawn(process.execPath, [entry, "--port", "0", ...args], {
      env: { ...process.env, SIDECART_HOME: home, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    const read = (chunk: Buffer) => {
      this.output += chunk.toString("utf8");
      for (const check of this.#waiting) check();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    this.exited = new Promise((resolve) => {
      child.once("close", (code, signal) => {
        resolve({ code, signal });
        for (const check of this.#waiting) check();
      });
    });
    t.teardown(() => this.#clearUp());
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error("not started");
    return this.#child.pid;
  }

  /** Waits until the output matches; fails with the output if the program exits before. */
  until(pattern: RegExp): Promise<RegExpMatchArray> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const match = this.output.match(pattern);
        if (!match && this.#child.exitCode === null && this.#child.signalCode === null) return;
        this.#waiting.delete(check);
        if (match) resolve(match);
        else reject(new Error(`ended without ${pattern}:\n${this.output}`));
      };
      this.#waiting.add(check);
      check();
    });
  }

  async ready(): Promise<string> {
    const [, url = ""] = await this.until(/GraphQL +(\S+)\/graphql/);
    return url;
  }

  /** Closes the output, as `| head` does. */
  stopReading(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  processes(instance = "default"): Map<string, number> {
    return recordedProcesses(join(this.home, instance));
  }

  async #clearUp(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.exited;
    const left = readdirSync(this.home).flatMap((instance) => [...this.processes(instance).values()]);
    for (const pid of left) process.kill(-pid, "SIGKILL");
  }
}

/** All descendants of process `pid`, as texts that later show whether each still runs. */
export function descendantsOf(pid: number): { pid: number; start: string }[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((folder) => /^\d+$/.test(folder))) {
    const parent = parentOf(Number(name));
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  const below = (candidate: number | undefined): boolean =>
    candidate !== undefined && (candidate === pid || below(parents.get(candidate)));
  return [...parents.keys()]
    .filter((candidate) => candidate !== pid && below(candidate))
    .flatMap((candidate) => {
      const start = startOf(candidate);
      return start === undefined ? [] : [{ pid: candidate, start }];
    });
}

/** The names of this process's descendants that use a folder. */
export function runningIn(folder: string): string[] {
  return descendantsOf(process.pid).flatMap(({ pid }) => {
    try {
      const [command, environment] = ["cmdline", "environ"].map((file) => readFileSync(`/proc/${pid}/${file}`, "utf8"));
      const place = readlinkSync(`/proc/${pid}/cwd`);
      return [command, environment, place].some((text) => text?.includes(folder)) ? [command ?? ""] : [];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}

export function stillAlive(processes: { pid: number; start: string }[]): number[] {
  return processes.filter(({ pid, start }) => isSameProcess(pid, start)).map(({ pid }) => pid);
}

/** PostgreSQL's backends exit a moment after their server was killed. */
export async function untilGone(processes: { pid: number; start: string }[]): Promise<void> {
  while (stillAlive(processes).length > 0) await new Promise(setImmediate);
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}
