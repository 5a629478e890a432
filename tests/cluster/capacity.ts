import { type Load, startLoad } from "./load/pod.ts";
import type { Cluster, Report } from "./part.ts";
import { robust } from "./robust.ts";

/** Concurrent shoppers: few enough for short response times, enough to keep every service busy. */
export const people = 8;
const seconds = 25;
const measured = new Map<string, number>();

/** Installs two pods of each service. Returns a function that starts a load of half their capacity. */
export async function shoppingAtHalf(cluster: Cluster, report: Report): Promise<() => Promise<Load>> {
  await robust(cluster, report);
  const rate = await halfCapacity(cluster, report);
  return () => startLoad(cluster.kubectl, { image: cluster.image("gateway"), people, rate });
}

/** Half of the throughput of shoppers without pauses, in requests per second. Measured once. */
async function halfCapacity(cluster: Cluster, { note, expect }: Report): Promise<number> {
  const known = measured.get(cluster.namespace);
  if (known !== undefined) return known;
  const load = await startLoad(cluster.kubectl, { image: cluster.image("gateway"), people, seconds });
  const { rate, p50, p95, failed, failures } = await load.summary;
  note(`capacity: ${rate} requests/s of ${people} shoppers, p50 ${p50} ms, p95 ${p95} ms`);
  expect("at full load every response is correct", failed === 0, failures.slice(0, 5));
  const half = Math.max(1, Math.floor(rate / 2));
  measured.set(cluster.namespace, half);
  return half;
}
