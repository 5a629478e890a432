import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { isSameProcess, startOf } from "./identity.ts";

const pollMs = 250;

/** Runs `work` under the lock `file`, which it takes over from a dead holder. Calls `onWait` once if it has to wait. */
export async function withFileLock<T>(file: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  let waited = false;
  while (!take(file)) {
    if (!waited) onWait();
    waited = true;
    await pause(pollMs);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Tries to lock `file`. It deletes the lock of a dead process, so the next call succeeds. */
export function take(file: string): boolean {
  try {
    writeFileSync(file, `${process.pid} ${startOf(process.pid)}`, { flag: "wx" });
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    releaseIfDead(file);
    return false;
  }
}

function releaseIfDead(file: string): void {
  try {
    const [pid, start] = readFileSync(file, "utf8").split(/ (.*)/s);
    if (pid && start && !isSameProcess(Number(pid), start)) rmSync(file, { force: true });
  } catch {
    // The holder has just released it.
  }
}
