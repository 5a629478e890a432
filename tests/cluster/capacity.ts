import { startLoad } from "./load/pod.ts";
import type { Cluster, Report } from "./part.ts";

/** Who shop at once: few enough to be answered quickly, enough to keep every service busy. */
export const people = 8;
const seconds = 25;
const measured = new Map<string, number>();

/** Half of the requests a second that the system answers when everybody asks again at once; measured one time. */
export async function halfCapacity(cluster: Cluster, { note, expect }: Report): Promise<number> {
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
