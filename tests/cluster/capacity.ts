import { type Load, startLoad } from "./load/pod.ts";
import type { Cluster, Report } from "./part.ts";
import { robust } from "./robust.ts";

/** Who shop at once: few enough to be answered quickly, enough to keep every service busy. */
export const people = 8;
const seconds = 25;
const measured = new Map<string, number>();

/** Two of every service, and what starts people who shop at half of what these can do. */
export async function shoppingAtHalf(cluster: Cluster, report: Report): Promise<() => Promise<Load>> {
  await robust(cluster, report);
  const rate = await halfCapacity(cluster, report);
  return () => startLoad(cluster.kubectl, { image: cluster.image("gateway"), people, rate });
}

/** Half of the requests a second that the system answers when everybody asks again at once; measured one time. */
async function halfCapacity(cluster: Cluster, { note, expect }: Report): Promise<number> {
  const known = measured.get(cluster.namespace);
  if (known !== undefined) return known;
  const load = await startLoad(cluster.kubectl, { image: cluster.image("gateway"), people, seconds });
  const { rate, p50, p95, failed, failures } = await load.summary;
  note(`capacity: ${rate} requests/s of ${people} people, ${p50} ms in the middle, 95 % below ${p95} ms`);
  expect("at full load every answer is right", failed === 0, failures.slice(0, 5));
  const half = Math.max(1, Math.floor(rate / 2));
  measured.set(cluster.namespace, half);
  return half;
}
