import type { Test } from "tap";
import { eventually } from "../../../support/eventually.ts";
import type { Bench } from "../bench.ts";
import type { Run } from "../run.ts";

const placed = "orders.order-placed.v1";
const replicas = ["gateway", "gateway-2"];
const tells = (count: number) => Array.from({ length: count }, (_, at) => ({ key: `key-${at}` }));

export function broadcastTests(t: Test, bench: () => Bench): void {
  t.test("every subscribed gateway replica receives every broadcast event", async (t) => {
    const { probes, start } = bench();
    const heard = async (replica: string, { id }: Run) => new Set(await probes.heard(replica, id)).size;
    const all = async (run: Run) => {
      const counts = await Promise.all(replicas.map((replica) => heard(replica, run)));
      return counts.every((count) => count === run.sent.length);
    };
    const heardByAll = (run: Run, withinMs?: number) =>
      eventually("all replicas to hear all", () => all(run), withinMs);
    /** A sidecar is ready before it has subscribed to everything: waves are sent until one is heard whole. */
    const listening = async () => {
      const wave = async () => {
        const run = start();
        await run.send(placed, tells(20));
        await heardByAll(run, 2_000);
        return true;
      };
      await eventually("a wave to be heard whole", wave, 60_000);
    };

    const [before, after] = [start(), start()];
    await listening();
    await before.send(placed, tells(50));
    await heardByAll(before);

    await Promise.all(["gateway-2-dapr", "gateway-2"].map((name) => probes.system.kill(name)));
    await probes.revive();
    await listening();
    await after.send(placed, tells(50));
    await heardByAll(after);
    t.equal(await heard("gateway-2", before), 0, "a new replica hears nothing old");
    t.equal(await heard("gateway", before), 50);
    t.same([await before.settled(), await after.settled()], [[], []], "and the services have handled them besides");
  });
}
