import type { Test } from "tap";
import { eventually } from "../../../support/eventually.ts";
import type { Bench } from "../bench.ts";

const placed = "orders.order-placed.v1";
/** JetStream waits for a minute after the second lost delivery, the other brokers for less than 30 seconds. */
const redeliveredWithinMs = 150_000;

export function redeliveryTests(t: Test, bench: () => Bench): void {
  t.test("an event is redelivered until its handler succeeds", async (t) => {
    const run = bench().start();
    const instructions = ([1, 2, 3, 4] as const).flatMap((failures) => [
      { key: `own-${failures}`, failures, trouble: "own" as const },
      { key: `passing-${failures}`, failures, trouble: "passing" as const },
    ]);
    const sent = await run.send(placed, [...instructions, { key: "long", failures: 6, trouble: "passing" }]);
    t.same(await run.settled(), []);
    for (const { id, key } of sent) {
      const failures = key === "long" ? 6 : Number(key.split("-")[1]);
      const deliveries = await run.deliveries("catalog", id);
      t.ok(deliveries.length > failures, `${key}: at least ${failures + 1} deliveries, actually ${deliveries.length}`);
    }
  });

  t.test("an event is redelivered when the service is killed while handling it", async (t) => {
    const { probes, start } = bench();
    const run = start();
    const instructions = [
      { key: "before", first: "die-before-effect" as const },
      { key: "after", first: "die-after-effect" as const },
    ];
    const sent = await run.send(placed, instructions);
    const again = async () => {
      await probes.revive();
      const deliveries = await Promise.all(sent.map(({ id }) => run.deliveries("catalog", id)));
      return deliveries.every(({ length }) => length > 1);
    };
    await eventually("both events to be redelivered", again, redeliveredWithinMs);
    await probes.revive();
    t.same(await run.settled(), [], "each event has one effect, written before or after the kill");
  });

  t.test("an event is redelivered when the sidecar is killed while delivering it", async (t) => {
    const { behind, probes, start } = bench();
    const { system } = probes;
    const run = start();
    const [event] = await run.send(placed, [{ key: "held", first: "hold" }]);
    const id = event?.id ?? "";
    // A sidecar may have read it for the app that the previous test killed; then it is redelivered.
    const holderPid = async () => (await run.deliveries("catalog", id))[0];
    const pid = await eventually("a process to hold the event", holderPid, redeliveredWithinMs);
    const holder = probes.nameOf(pid);
    t.equal(await behind.backlog(), 1, "the broker counts it as unacknowledged");
    await system.kill(`${holder}-dapr`);
    await system.start(`${holder}-dapr`);
    t.same(await run.settled(redeliveredWithinMs), []);
    t.ok((await run.deliveries("catalog", id)).length > 1, "it was redelivered");
    t.equal(await probes.release(holder, id), true, "the first delivery was still held");
    await eventually("the late handler to write its effect", async () => !(await probes.release(holder, id)));
    t.same(await run.settled(), [], "the late handler has no second effect");
  });
}
