import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { stat, watch } from "node:fs/promises";

/**
 * Process 1 of the target `dev`: runs main.ts beside this file, and again whenever this file is touched, as Tilt does when
 * it has changed sources. `node --watch` would not do: Tilt's tar makes a changed file anew, and Node on Linux watches the
 * one that it replaced from then on. Before the first touch this ends as main.ts ends; afterwards a source that cannot run
 * waits for the next touch.
 */
const file = import.meta.filename;
const { execPath } = process;
let touched = false;
let stopping = false;
let last = (await stat(file)).mtimeMs;
let child = start();

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    stopping = true;
    if (!child.kill(signal)) process.exit(0);
  });
}

for await (const _ of watch(file)) {
  const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: last })); // it may go before we do
  if (mtimeMs === last || stopping) continue; // one touch may come as two events
  last = mtimeMs;
  touched = true;
  await ended(child);
  if (!stopping) child = start();
}

function start(): ChildProcess {
  const started = spawn(execPath, ["main.ts"], { cwd: import.meta.dirname, stdio: "inherit" });
  started.on("exit", (code, signal) => {
    if (stopping || !touched) process.exit(code ?? 1);
    if (signal === null && code !== 0) process.stderr.write(`ended with ${code}: waiting for the next change\n`);
  });
  return started;
}

async function ended(running: ChildProcess): Promise<void> {
  if (running.exitCode !== null || running.signalCode !== null) return;
  const exit = once(running, "exit");
  running.kill("SIGTERM");
  await exit;
}
