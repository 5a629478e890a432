import { readFileSync } from "node:fs";
import type { Attack } from "./queries.ts";
import { send } from "./send.ts";

/** A clock tick of /proc. */
const tickMs = 10;
const repeats = 50;

/** CPU time that a process has used, in ms. */
function cpuMs(pid: number): number {
  // proc_pid_stat(5): the name may contain any character, so parse after it. The next field is the third.
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ") ?? [];
  const [userTicks, systemTicks] = fields.slice(14 - 3);
  return (Number(userTicks) + Number(systemTicks)) * tickMs;
}

/** CPU time of a process for one request of each attack that must be refused, in ms, the most first. */
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
