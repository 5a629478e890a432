import { execFileSync } from "node:child_process";
import { eventually } from "./eventually.ts";

/** Waits until a process has stopped itself (SIGSTOP). `ps` shows it on every system that we develop on. */
export async function untilStopped(pid: number | undefined): Promise<void> {
  const state = () => execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  await eventually(`process ${pid} to stop itself`, async () => state().startsWith("T"));
}
