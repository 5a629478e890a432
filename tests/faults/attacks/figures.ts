import { readFileSync } from "node:fs";
import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import type { Attack } from "./queries.ts";
import { send } from "./send.ts";

/** A clock tick of /proc. */
const tickMs = 10;
const repeats = 20;

/** Milliseconds of CPU that a process has taken. */
function cpuMs(pid: number): number {
  // proc_pid_stat(5): the name may contain any character, so parse after it; utime and stime are fields 14 and 15.
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[14 - 3]) + Number(fields[15 - 3])) * tickMs;
}

/** Milliseconds of the gateway's CPU for one request of each attack that must be refused, the most first. */
export async function costsOfRefusals(gatewayUrl: string, pid: number, attacks: readonly Attack[]) {
  const costs: { name: string; ms: number }[] = [];
  for (const { name, request, code } of attacks) {
    if (!code) continue;
    await send(gatewayUrl, request);
    const before = cpuMs(pid);
    for (let count = 0; count < repeats; count += 1) await send(gatewayUrl, request);
    costs.push({ name, ms: (cpuMs(pid) - before) / repeats });
  }
  return costs.sort((one, other) => other.ms - one.ms);
}

/** Records how long requests take, in microseconds. */
export const latencies = (): RecordableHistogram => createHistogram();

export const p99Ms = (histogram: RecordableHistogram): string => (histogram.percentile(99) / 1_000).toFixed(1);
