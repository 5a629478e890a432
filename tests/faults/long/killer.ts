import { setTimeout as pause } from "node:timers/promises";
import type { Launched } from "@sidecart/local/launch";
import { eventually } from "../../support/eventually.ts";
import type { Random } from "../../support/random.ts";
import { unlimited } from "../../support/shop.ts";

/** How each process may be ended: killed, or told to stop in the way it understands. */
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
 * Ends one process after another and starts it again, until `stopped`: all of them in a random order, then all in
 * another, so that a run of a minute misses none. Gives back how often each was ended.
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
    tell(`${signal} to ${name}, away for ${awayMs} ms`);
    await system.kill(name, signal);
    await pause(awayMs);
    await eventually(`${name} to be started again`, () => startAgain(system, name), 60_000);
    kills.set(name, (kills.get(name) ?? 0) + 1);
  }
  return kills;
}

/** A server that was killed may find that what it left is not gone yet: then it is started once more. */
async function startAgain({ processes, start }: Launched, name: string): Promise<true> {
  if (!processes.get(name)?.running) await start(name, name === "gateway" ? unlimited : {});
  return true;
}
