import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { isHeldByEnding } from "./held-by-ending.ts";
import { lastLines } from "./last-lines.ts";

export interface ProcessSpec {
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  env: Record<string, string>;
  /** The file of stdout and stderr; emptied at the first start, appended to at later ones. */
  log: string;
  /** The signal on which this program stops cleanly. */
  stopSignal?: NodeJS.Signals;
  /**
   * Its stdin is open while the launcher runs: a program that stops at the end of its stdin cannot outlive the
   * launcher.
   */
  holdsStdin?: boolean;
  uid?: number;
  gid?: number;
}

export interface Exit {
  name: string;
  code: number | null;
  signal: NodeJS.Signals | null;
  /** True after `stop` or `kill`. */
  expected: boolean;
}

/** How long a start is repeated while something that is just ending holds what the program needs. */
const retryMs = 30_000;
const retryPauseMs = 200;

interface Hooks {
  onStart?: (process: ManagedProcess) => void;
  onExit?: (exit: Exit) => void;
}

/**
 * A program that can be started, stopped, killed and started again. It leads its own process group, so that a
 * terminal's Ctrl-C reaches only the launcher, and that its children can be killed with it.
 */
export class ManagedProcess {
  readonly spec: ProcessSpec;
  readonly #hooks: Hooks;
  #child: ChildProcess | undefined;
  #exited: Promise<Exit> = Promise.reject(new Error("not started"));
  #asked = false;
  #fresh = true;
  #retryUntil = 0;
  /** Ends the wait for the next attempt to start. */
  #giveUp: (() => void) | undefined;

  constructor(spec: ProcessSpec, hooks: Hooks = {}) {
    this.spec = spec;
    this.#hooks = hooks;
    this.#exited.catch(() => {});
  }

  get name(): string {
    return this.spec.name;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  /** Settles when the program, as last started, exits. */
  get exited(): Promise<Exit> {
    return this.#exited;
  }

  /**
   * Starts the program with `env` added to its environment; a variable that is undefined is left out. Throws when it
   * cannot be executed. When processes of a killed run still hold its data or its port, it is started again until they
   * have ended.
   */
  start(env: NodeJS.ProcessEnv = {}): void {
    if (this.#child) throw new Error(`${this.name} is already running`);
    this.#asked = false;
    this.#retryUntil = performance.now() + retryMs;
    this.#exited = new Promise((resolve) => this.#spawn(env, resolve));
  }

  #spawn(env: NodeJS.ProcessEnv, resolve: (exit: Exit) => void): void {
    const { command, args, cwd, holdsStdin, uid, gid } = this.spec;
    const log = openSync(this.spec.log, this.#fresh ? "w" : "a", 0o600);
    const identity = uid === undefined || gid === undefined ? {} : { uid, gid };
    const child = spawn(command, args, {
      cwd,
      env: { ...this.spec.env, ...env },
      detached: true,
      stdio: [holdsStdin ? "pipe" : "ignore", log, log],
      ...identity,
    });
    closeSync(log);
    this.#fresh = false;
    this.#child = child;
    child.once("error", () => this.#ended(127, null, resolve));
    child.once("exit", (code, signal) => {
      if (code !== 0 && signal === null && this.#mayRetry())
        this.#spawnLater(env, () => this.#ended(code, signal, resolve), resolve);
      else this.#ended(code, signal, resolve);
    });
    if (child.pid !== undefined) this.#hooks.onStart?.(this);
  }

  /**
   * Sends the stop signal, kills the whole process group after `withinMs`, and waits for the exit. Returns false if it
   * had to kill.
   */
  async stop(withinMs = 2_500): Promise<boolean> {
    if (!this.#child) return true;
    this.kill(this.spec.stopSignal ?? "SIGTERM");
    let inTime = true;
    const deadline = setTimeout(() => {
      inTime = false;
      this.#signalGroup("SIGKILL");
    }, withinMs);
    await this.#exited;
    clearTimeout(deadline);
    return inTime;
  }

  /** Sends `signal` to the program; SIGKILL also to its children. */
  kill(signal: NodeJS.Signals): void {
    if (!this.#child) return;
    this.#asked = true;
    if (this.#giveUp) this.#giveUp();
    else if (signal === "SIGKILL") this.#signalGroup(signal);
    else this.#child.kill(signal);
  }

  lastLines(count = 15): string[] {
    return lastLines(this.spec.log, count);
  }

  #mayRetry(): boolean {
    return !this.#asked && performance.now() < this.#retryUntil && isHeldByEnding(this.lastLines());
  }

  #spawnLater(env: NodeJS.ProcessEnv, end: () => void, resolve: (exit: Exit) => void): void {
    this.#signalGroup("SIGKILL");
    const timer = setTimeout(() => {
      this.#giveUp = undefined;
      this.#spawn(env, resolve);
    }, retryPauseMs);
    this.#giveUp = () => {
      clearTimeout(timer);
      this.#giveUp = undefined;
      end();
    };
  }

  #ended(code: number | null, signal: NodeJS.Signals | null, resolve: (exit: Exit) => void): void {
    this.#signalGroup("SIGKILL");
    this.#child = undefined;
    const exit = { name: this.name, code, signal, expected: this.#asked };
    resolve(exit); // before a hook can throw
    this.#hooks.onExit?.(exit);
  }

  #signalGroup(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // ESRCH: no process of the group is left.
    }
  }
}
