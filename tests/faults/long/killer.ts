import { setTimeout as pause } from "node:timers/promises";
import type { Launched } from "@sidecart/local/launch";
import { eventually } from "../../support/eventually.ts";
import type { Random } from "../../support/random.ts";
import { unlimited } from "../../support/shop.ts";

/** The signals for each process: a kill, and its signal for a graceful stop. */
const victims: Record<string, NodeJS.Signals[]> = {
  accounts: ["SIGKILL", "SIGTERM"],
  catalog: ["SIGKILL", "SIGTERM"],
  orders: ["SIGKILL", "SIGTERM"],
  gateway: ["SIGKILL", "SIGTERM"],
  "accounts-dapr": ["SIGKILL", "SIGTERM"],
  "catalog-dapr": ["SIGKILL", "SIGTERM"],
  "orders-dapr": ["SIGKILL", "SIGTERM"],
  "gateway-dapr": ["SIGKILL", "SIGTERM"],
  redis: ["SIGKILL", "SIGTERM"],
  postgres: ["SIGKILL", "SIGINT"],
};
const longestPeaceMs = 3_000;
const longestAwayMs = 3_000;

/**
 * Kills and restarts processes until `stopped`: all in a random order, then all in another order, so that a run of a
 * minute includes each. Returns how often each was killed.
 */
export async function killAtRandom(
  system: Launched,
  random: Random,
  stopped: AbortSignal,
  tell: (what: string) => void,
): Promise<Map<string, number>> {
  const kills = new Map<string, number>();
  for (let round: string[] = []; !stopped.aborted; ) {
    if (round.length === 0) round = random.shuffle(Object.keys(victims));
    await pause(random.below(longestPeaceMs));
    const name = round.pop() ?? "";
    const signal = random.pick(victims[name] ?? []);
    const awayMs = random.below(longestAwayMs);
    tell(`${signal} to ${name}, down for ${awayMs} ms`);
    await system.kill(name, signal);
    await pause(awayMs);
    await eventually(`${name} to restart`, () => startAgain(system, name), 60_000);
    kills.set(name, (kills.get(name) ?? 0) + 1);
  }
  return kills;
}

/** A restarted server may fail while resources of the killed process still exist, so the start is retried. */
async function startAgain({ processes, start }: Launched, name: string): Promise<true> {
  if (!processes.get(name)?.running) await start(name, name === "gateway" ? unlimited : {});
  return true;
}
