import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Measured } from "./closed-loop.ts";
import type { Begin, Order, Said } from "./main.ts";

type Marks = { measuring(): void; measured(): void };

/** The load generator of one implementation. All cases use the same process, so that its code stays optimised. */
export class LoadProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(begin: Begin): Promise<LoadProcess> {
    const load = new LoadProcess(fork(join(import.meta.dirname, "main.ts"), { stdio: "inherit" }));
    load.#child.send(begin);
    await load.#hear((said) => (said === "ready" ? true : undefined));
    return load;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  run(order: Order, marks: Marks): Promise<Measured> {
    this.#child.send(order);
    return this.#hear((said) => {
      if (said === "measuring" || said === "measured") marks[said]();
      else if (typeof said === "object" && "right" in said) return said;
    });
  }

  stop(): void {
    this.#child.kill();
  }

  /** Waits for a message for which `of` returns a value. */
  #hear<T>(of: (said: Said) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error("the load generator has exited"));
      const heard = (said: Said) => {
        const failed = typeof said === "object" && "error" in said;
        const answer = failed ? undefined : of(said);
        if (!failed && answer === undefined) return;
        this.#child.off("message", heard).off("exit", ended);
        if (failed) reject(new Error(said.error));
        else resolve(answer as T);
      };
      this.#child.on("message", heard).once("exit", ended);
    });
  }
}
