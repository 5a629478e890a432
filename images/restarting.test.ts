import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import t, { type Test } from "tap";

t.setTimeout(60_000);
const programThatLogs = (text: string) => `process.stdout.write("${text}\\n"); setInterval(() => {}, 1000);\n`;

class Running {
  readonly folder: string;
  readonly process: ChildProcess;
  readonly #lines: string[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(t: Test, main: string) {
    this.folder = t.testdir({ "main.ts": main });
    copyFileSync(join(import.meta.dirname, "restarting.ts"), join(this.folder, "restarting.ts"));
    this.process = spawn(process.execPath, ["restarting.ts"], { cwd: this.folder });
    const exit = once(this.process, "exit");
    t.teardown(async () => {
      this.process.kill("SIGTERM");
      await exit;
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", (line) => this.#add(line));
    }
  }

  #add(line: string): void {
    this.#lines.push(line);
    for (const check of this.#waiting) check();
  }

  /** Resolves when this text has appeared in the output `times` times. */
  logged(text: string, times = 1): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (this.#lines.filter((line) => line.includes(text)).length < times) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }

  /** Replaces the file by another one, like tar. */
  change(main: string): void {
    writeFileSync(join(this.folder, "new"), main);
    renameSync(join(this.folder, "new"), join(this.folder, "main.ts"));
    utimesSync(join(this.folder, "restarting.ts"), new Date(), new Date());
  }
}

t.test("each changed source runs, after repeated changes too", async (t) => {
  const running = new Running(t, programThatLogs("one"));
  await running.logged("one");
  for (const text of ["two", "three", "four"]) {
    running.change(programThatLogs(text));
    await running.logged(text);
  }
  running.process.kill("SIGTERM");
  await once(running.process, "exit");
  t.pass("it exits on SIGTERM");
});

t.test("a source that cannot run waits for the next change", async (t) => {
  const running = new Running(t, programThatLogs("one"));
  await running.logged("one");
  running.change("this is not TypeScript\n");
  await running.logged("waiting for the next change");
  running.change(programThatLogs("repaired"));
  await running.logged("repaired");
  t.equal(running.process.exitCode, null);
});

t.test("a program that cannot start at first ends the process, so that the container restarts", async (t) => {
  const running = new Running(t, "process.exit(3);\n");
  const [code] = await once(running.process, "exit");
  t.equal(code, 3);
});

t.test("SIGTERM is forwarded to the program, and its exit code is returned", async (t) => {
  const running = new Running(t, `process.on("SIGTERM", () => process.exit(7)); ${programThatLogs("one")}`);
  await running.logged("one");
  running.process.kill("SIGTERM");
  const [code] = await once(running.process, "exit");
  t.equal(code, 7);
});
