import type { Test } from "tap";
import type { Bench } from "../bench.ts";

const registered = "accounts.account-registered.v1";
const placed = "orders.order-placed.v1";
const tells = (count: number) => Array.from({ length: count }, (_, at) => ({ key: `key-${at}` }));

export function deliveryTests(t: Test, bench: () => Bench): void {
  t.test("every service that hears a topic has the effect of each event once", async (t) => {
    const { probes, start } = bench();
    const run = start();
    await run.send(registered, tells(100));
    await run.send(placed, tells(100));
    t.same(probes.hearers(registered), ["catalog", "orders"], "two services hear the one");
    t.same(probes.hearers(placed), ["catalog"], "one service hears the other");
    t.same(await run.settled(), []);
  });

  t.test("replicas of a service share its events", async (t) => {
    const { probes, start } = bench();
    const run = start();
    await run.send(placed, tells(400));
    t.same(await run.settled(), []);
    const workers = await probes.query<{ pid: number; events: number }>(
      "catalog",
      "select pid, count(*)::int as events from probe_effects where run = $1 group by pid",
      [run.id],
    );
    const names = workers.map(({ pid }) => probes.nameOf(pid)).sort();
    t.same(names, ["catalog", "catalog-2"], JSON.stringify(workers));
  });
}
