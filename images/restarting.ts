import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { stat, watch } from "node:fs/promises";

/**
 * Process 1 of the Dockerfile's target `dev`. It runs main.ts beside this file, and restarts it when Tilt touches this file
 * after a change of sources. `node --watch` does not work here: Tilt's tar replaces a changed file, and Node on Linux keeps
 * watching the replaced one. Before the first touch this process exits with main.ts. Afterwards, when main.ts fails, it
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
  const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: last })); // tar may be replacing the file
  if (mtimeMs === last || stopping) continue; // one touch may cause two events
  last = mtimeMs;
  touched = true;
  await ended(child);
  if (!stopping) child = start();
}

function start(): ChildProcess {
  const started = spawn(execPath, ["main.ts"], { cwd: import.meta.dirname, stdio: "inherit" });
  started.on("exit", (code, signal) => {
    if (stopping || !touched) process.exit(code ?? 1);
    if (signal === null && code !== 0) process.stderr.write(`exit code ${code}: waiting for the next change\n`);
  });
  return started;
}

async function ended(running: ChildProcess): Promise<void> {
  if (running.exitCode !== null || running.signalCode !== null) return;
  const exit = once(running, "exit");
  running.kill("SIGTERM");
  await exit;
}
