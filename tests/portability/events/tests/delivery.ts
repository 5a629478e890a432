import type { Test } from "tap";
import { eventually } from "../../../support/eventually.ts";
import type { Bench } from "../bench.ts";

const registered = "accounts.account-registered.v1";
const placed = "orders.order-placed.v1";
const tells = (count: number) => Array.from({ length: count }, (_, at) => ({ key: `key-${at}` }));

export function deliveryTests(t: Test, bench: () => Bench): void {
  t.test("each event takes effect once in every subscribed service", async (t) => {
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
    const workers = async () => {
      const pids = "select distinct pid from probe_effects where run = $1";
      const found = await probes.query<{ pid: number }>("catalog", pids, [run.id]);
      return found.map(({ pid }) => probes.nameOf(pid)).sort();
    };
    // one that came last may get its share of the broker only now
    await eventually("both to have had some", async () => {
      await run.send(placed, tells(100));
      t.same(await run.settled(), []);
      return (await workers()).length > 1;
    });
    t.same(await workers(), ["catalog", "catalog-2"]);
  });
}
