import { setTimeout as pause } from "node:timers/promises";
import { people } from "../capacity.ts";
import { startLoad } from "../load/pod.ts";
import type { Cluster, Part } from "../part.ts";

/** metrics-server scrapes about every 15 seconds, and containers use more CPU after their start. */
const settledSeconds = 75;

/** By container: millicores of all pods, and MiB of the largest pod. */
type Use = Map<string, { cpu: number; memory: number; pods: number }>;

export const resources: Part = {
  name: "resources",
  what: "Resource use of containers, idle and under full load (kubectl top)",
  async run(cluster, { expect, note }) {
    if (!(await use(cluster).catch(() => undefined))) return note("not measured: this cluster has no metrics-server");
    await pause(settledSeconds * 1_000);
    const idle = await use(cluster);
    const seconds = settledSeconds + 10;
    const load = await startLoad(cluster.kubectl, { image: cluster.image("gateway"), people, seconds });
    await pause(settledSeconds * 1_000);
    const busy = await use(cluster);
    const { rate } = await load.summary;
    note(`under load: ${rate} requests/s`);
    for (const [name, { cpu, memory, pods }] of [...busy].sort(([one], [other]) => one.localeCompare(other))) {
      const before = idle.get(name);
      const perCore = Math.round((rate * 1_000) / Math.max(1, cpu));
      const quiet = `idle ${before?.cpu ?? "?"}m ${before?.memory ?? "?"} MiB`;
      note(`${name.padEnd(34)} ${pods} pods: ${quiet}, busy ${cpu}m ${memory} MiB; ${perCore} requests/s per core`);
    }
    const limits = await memoryLimits(cluster);
    const over = [...busy].filter(
      ([name, { memory }]) => memory > 0.9 * (limits.get(name) ?? Number.POSITIVE_INFINITY),
    );
    expect("no container is near its memory limit", over.length === 0, over);
  },
};

async function use({ kubectl }: Cluster): Promise<Use> {
  const text = await kubectl.run(
    "top",
    "pods",
    "--containers",
    "--no-headers",
    "-l",
    "app.kubernetes.io/part-of=sidecart",
  );
  const most: Use = new Map();
  for (const line of text.trim().split("\n")) {
    const [pod = "", container = "", cpu = "", memory = ""] = line.trim().split(/\s+/);
    const name = `${appOf(pod)}/${container}`;
    const known = most.get(name) ?? { cpu: 0, memory: 0, pods: 0 };
    most.set(name, {
      cpu: known.cpu + Number.parseInt(cpu, 10),
      memory: Math.max(known.memory, Number.parseInt(memory, 10)),
      pods: known.pods + 1,
    });
  }
  return most;
}

async function memoryLimits({ kubectl }: Cluster): Promise<Map<string, number>> {
  const pods = await kubectl.get("pods", "-l", "app.kubernetes.io/part-of=sidecart");
  const entries = pods.flatMap(({ metadata, spec }) =>
    [...(spec.initContainers ?? []), ...spec.containers].map(
      (one) => [`${appOf(metadata.name)}/${one.name}`, Number.parseInt(one.resources?.limits?.memory, 10)] as const,
    ),
  );
  return new Map(entries.filter(([, limit]) => Number.isFinite(limit)));
}

/** orders-6cdb5bbf68-4hb25 → orders */
const appOf = (pod: string) => pod.replace(/-[a-z0-9]+-[a-z0-9]+$/, "");
