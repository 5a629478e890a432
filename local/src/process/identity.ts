import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * When process `pid` started, as a text that no later process with the same pid can have; undefined if there is no such
 * process or only its zombie. Linux: boot id and clock ticks since boot (proc(5), field 22 of stat); else `ps`.
 */
export function startOf(pid: number): string | undefined {
  try {
    return process.platform === "linux" ? startFromProc(pid) : startFromPs(pid);
  } catch {
    return undefined;
  }
}

function startFromProc(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is the command in parentheses; it may contain spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  return state === "Z" || state === "X" ? undefined : `${bootId()}:${fields[19]}`;
}

function startFromPs(pid: number): string | undefined {
  const row = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
  return row === "" || row.startsWith("Z") ? undefined : row.replace(/^\S+\s+/, "");
}

let boot: string | undefined;

function bootId(): string {
  boot ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return boot;
}

/** True if `pid` is still the process that started at `start`. */
export function isSameProcess(pid: number, start: string): boolean {
  return startOf(pid) === start;
}
