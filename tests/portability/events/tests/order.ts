import type { Test } from "tap";
import type { Bench } from "../bench.ts";

const placed = "orders.order-placed.v1";
const keys = 20;
const versions = 20;

/** Every key's versions one after the other, among those of the other keys; some fail first. */
const tells = Array.from({ length: versions }, (_, at) =>
  Array.from({ length: keys }, (_, key) => {
    const failures = (at * keys + key) % 17 === 0 ? 1 : 0;
    return { key: `key-${key}`, version: at + 1, failures, trouble: "passing" as const };
  }),
).flat();

export function orderTests(t: Test, bench: () => Bench): void {
  t.test("events in any order: a consumer that compares versions ends at the newest of each key", async (t) => {
    const { probes, start } = bench();
    const run = start();
    await run.send(placed, tells);
    t.same(await run.settled(), []);

    const latest = await probes.query<{ key: string; version: number }>(
      "catalog",
      "select key, version from probe_latest where run = $1",
      [run.id],
    );
    t.equal(latest.length, keys);
    t.same(
      latest.filter(({ version }) => version !== versions),
      [],
    );
  });
}
