import type { Test } from "tap";
import { eventually } from "../../../support/eventually.ts";
import type { Bench } from "../bench.ts";

const placed = "orders.order-placed.v1";
/** JetStream waits for a minute when what it delivered was lost a second time; the others for less than 30 seconds. */
const redeliveredWithinMs = 150_000;

export function redeliveryTests(t: Test, bench: () => Bench): void {
  t.test("an event is redelivered until its handler succeeds", async (t) => {
    const run = bench().start();
    const tells = ([1, 2, 3, 4] as const).flatMap((failures) => [
      { key: `own-${failures}`, failures, trouble: "own" as const },
      { key: `passing-${failures}`, failures, trouble: "passing" as const },
    ]);
    const sent = await run.send(placed, [...tells, { key: "long", failures: 6, trouble: "passing" }]);
    t.same(await run.settled(), []);
    for (const { id, key } of sent) {
      const failures = key === "long" ? 6 : Number(key.split("-")[1]);
      const deliveries = await run.deliveries("catalog", id);
      t.ok(deliveries.length > failures, `${key}: ${failures} in vain and one more, ${deliveries.length} in all`);
    }
  });

  t.test("an event in progress in a killed service is redelivered", async (t) => {
    const { probes, start } = bench();
    const run = start();
    const tells = [
      { key: "before", first: "die-before-effect" as const },
      { key: "after", first: "die-after-effect" as const },
    ];
    const sent = await run.send(placed, tells);
    const again = async () => {
      await probes.revive();
      const deliveries = await Promise.all(sent.map(({ id }) => run.deliveries("catalog", id)));
      return deliveries.every(({ length }) => length > 1);
    };
    await eventually("both events to come again", again, redeliveredWithinMs);
    await probes.revive();
    t.same(await run.settled(), [], "one effect each, written before the death or after it");
  });

  t.test("an event in progress in a killed sidecar is redelivered", async (t) => {
    const { behind, probes, start } = bench();
    const { system } = probes;
    const run = start();
    const [event] = await run.send(placed, [{ key: "held", first: "hold" }]);
    const id = event?.id ?? "";
    // A sidecar may have read it for the app that the test before killed: it comes again then.
    const inHand = async () => (await run.deliveries("catalog", id))[0];
    const pid = await eventually("the event to be in hand", inHand, redeliveredWithinMs);
    const holder = probes.nameOf(pid);
    t.equal(await behind.backlog(), 1, "the broker knows that it is not done");
    await system.kill(`${holder}-dapr`);
    await system.start(`${holder}-dapr`);
    t.same(await run.settled(redeliveredWithinMs), []);
    t.ok((await run.deliveries("catalog", id)).length > 1, "it came again");
    t.equal(await probes.release(holder, id), true, "the first delivery was still held");
    await eventually("the late handler to have written", async () => !(await probes.release(holder, id)));
    t.same(await run.settled(), [], "a handler that comes too late changes nothing");
  });
}
