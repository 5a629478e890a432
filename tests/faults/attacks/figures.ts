import { watch } from "../../bench/processes.ts";
import type { Attack } from "./queries.ts";
import { send } from "./send.ts";

const repeats = 50;

/** CPU time of the gateway for one request of each attack that must be refused, in ms, the most first. */
export async function costsOfRefusals(gatewayUrl: string, pid: number, attacks: readonly Attack[]) {
  const costs: { name: string; ms: number }[] = [];
  for (const { name, request, code } of attacks) {
    if (!code) continue;
    await send(gatewayUrl, request);
    const usage = watch(new Map([["gateway", pid]]));
    for (let count = 0; count < repeats; count += 1) await send(gatewayUrl, request);
    const { gateway } = usage.stop();
    costs.push({ name, ms: ((gateway?.cpuSeconds ?? Number.NaN) * 1_000) / repeats });
  }
  return costs.sort((one, other) => other.ms - one.ms);
}
