import type { Test } from "tap";
import { instead } from "../../notes.ts";
import type { Bench } from "../bench.ts";
import { guarantees } from "../guarantees.ts";

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
  t.test("events of one key are handled in the order in which they were committed", async (t) => {
    const { broker, probes, start } = bench();
    const run = start();
    await run.send(placed, tells);
    t.same(await run.settled(), []);

    const latest = await probes.query<{ key: string; version: number }>(
      "catalog",
      "select key, version from probe_latest where run = $1",
      [run.id],
    );
    t.equal(latest.length, keys);
    t.ok(
      latest.every(({ version }) => version === versions),
      "whoever goes by versions ends at the last of each",
    );
    const { order } = guarantees[broker];
    if (order !== true) return instead(t, order);
    const rows = await probes.query<{ key: string; versions: number[] }>(
      "catalog",
      "select key, array_agg(version order by position) as versions from probe_effects where run = $1 group by key",
      [run.id],
    );
    const expected = Array.from({ length: versions }, (_, at) => at + 1);
    for (const row of rows) t.same(row.versions, expected, row.key);
  });
}
