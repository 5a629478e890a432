import { setTimeout as pause } from "node:timers/promises";
import { apps } from "@sidecart/local/apps";
import { eventually } from "../../support/eventually.ts";
import { Random } from "../../support/random.ts";
import { shoppingAtHalf } from "../capacity.ts";
import type { Summary } from "../load/statistics.ts";
import type { Cluster, Part, Report } from "../part.ts";

const victims = apps.map(({ id }) => id);
const pauseMs = 2_000;

export const kills: Part = {
  name: "kills",
  what: "Random pods are deleted under a load of half the capacity: no request fails",
  async run(cluster, report) {
    const shopping = await shoppingAtHalf(cluster, report);
    const random = new Random();
    report.note(`SEED=${random.seed}`);
    const load = await shopping();
    const end = Date.now() + cluster.seconds * 1_000;
    const killed: string[] = [];
    for (let round: string[] = []; Date.now() < end || killed.length < victims.length; ) {
      if (round.length === 0) round = random.shuffle(victims);
      const app = round.pop() ?? "";
      await replace(cluster, app, random, []);
      killed.push(app);
      await pause(pauseMs);
    }
    outcome(report, `${killed.length} pods deleted (${killed.join(", ")})`, await load.stop());
  },
};

/** Deletes one pod of the app, and waits until the new pod is ready. */
export async function replace({ kubectl }: Cluster, app: string, random: Random, how: string[]): Promise<void> {
  const before = await kubectl.pods(app);
  const { name } = random.pick(before).metadata;
  await kubectl.run("delete", "pod", name, "--wait=false", ...how);
  const others = async () => (await kubectl.pods(app)).filter(({ metadata }) => metadata.name !== name);
  await eventually(`another pod of ${app}`, async () => (await others()).length >= before.length, 60_000);
  await kubectl.run("rollout", "status", `deployment/${app}`, "--timeout=300s");
}

export function outcome({ expect, note }: Report, what: string, summary: Summary): void {
  const { requests, failed, rate, p50, p95, p99, longest, failures } = summary;
  expect(`${what}: ${failed} of ${requests} requests failed`, failed === 0 && requests > 0, failures.slice(0, 5));
  note(`${rate} requests/s; p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms, maximum ${longest} ms`);
}
