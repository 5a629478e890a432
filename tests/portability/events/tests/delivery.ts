import type { Test } from "tap";
import { eventually } from "../../../support/eventually.ts";
import type { Bench } from "../bench.ts";

const registered = "accounts.account-registered.v1";
const placed = "orders.order-placed.v1";
const instructions = (count: number) => Array.from({ length: count }, (_, at) => ({ key: `key-${at}` }));

export function deliveryTests(t: Test, bench: () => Bench): void {
  t.test("every subscribed service has the effect of each event exactly once", async (t) => {
    const { probes, start } = bench();
    const run = start();
    await run.send(registered, instructions(100));
    await run.send(placed, instructions(100));
    t.same(probes.subscribers(registered), ["catalog", "orders"], "one topic has two subscribers");
    t.same(probes.subscribers(placed), ["catalog"], "the other topic has one subscriber");
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
    // The broker may assign messages to the newest replica with a delay.
    await eventually("both replicas to handle some events", async () => {
      await run.send(placed, instructions(100));
      t.same(await run.settled(), []);
      return (await workers()).length > 1;
    });
    t.same(await workers(), ["catalog", "catalog-2"]);
  });
}
