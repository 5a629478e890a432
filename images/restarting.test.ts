import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import t, { type Test } from "tap";

t.setTimeout(60_000);
const says = (text: string) => `process.stdout.write("${text}\\n"); setInterval(() => {}, 1000);\n`;

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

  /** How often it was said, once it was said so often. */
  said(text: string, times = 1): Promise<void> {
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

  /** As tar does: the file is another one then. */
  change(main: string): void {
    writeFileSync(join(this.folder, "new"), main);
    renameSync(join(this.folder, "new"), join(this.folder, "main.ts"));
    utimesSync(join(this.folder, "restarting.ts"), new Date(), new Date());
  }
}

t.test("a changed source runs, however often it is replaced", async (t) => {
  const running = new Running(t, says("one"));
  await running.said("one");
  for (const text of ["two", "three", "four"]) {
    running.change(says(text));
    await running.said(text);
  }
  running.process.kill("SIGTERM");
  await once(running.process, "exit");
  t.pass("and it ends when it is told to");
});

t.test("a source that cannot run waits for the next change", async (t) => {
  const running = new Running(t, says("one"));
  await running.said("one");
  running.change("this is not TypeScript\n");
  await running.said("waiting for the next change");
  running.change(says("repaired"));
  await running.said("repaired");
  t.equal(running.process.exitCode, null);
});

t.test("what cannot start at all ends, so that its container is started again", async (t) => {
  const running = new Running(t, "process.exit(3);\n");
  const [code] = await once(running.process, "exit");
  t.equal(code, 3);
});

t.test("SIGTERM is passed on, and waited for", async (t) => {
  const running = new Running(t, `process.on("SIGTERM", () => process.exit(7)); ${says("one")}`);
  await running.said("one");
  running.process.kill("SIGTERM");
  const [code] = await once(running.process, "exit");
  t.equal(code, 7);
});
