import type { Test } from "tap";
import { eventually } from "../../../support/eventually.ts";
import { instead } from "../../notes.ts";
import type { Bench } from "../bench.ts";
import { guarantees } from "../guarantees.ts";

const placed = "orders.order-placed.v1";
/** Repeats the maximum size of an event's data in docs/brokers.md, so that the test notices a change. */
const mostBytes = 1_000_000;

export function publishingTests(t: Test, bench: () => Bench): void {
  t.test("an event of 1 MB is delivered unchanged", async (t) => {
    const { probes, start } = bench();
    const run = start();
    const large = sized(mostBytes, run.id);
    await run.send(placed, [large]);
    t.same(await run.settled(), []);
    const lengths = "select padding from probe_effects where run = $1";
    t.match(await probes.query("catalog", lengths, [run.id]), [{ padding: large.padding.length }]);
  });

  t.test("a statement that writes a larger event fails as a whole", async (t) => {
    const run = bench().start();
    const sending = run.send(placed, [{ key: "small" }, sized(mostBytes + 1, run.id)]);
    await t.rejects(sending, {
      message: `an event of ${placed} takes ${mostBytes + 1} bytes; the most is ${mostBytes}`,
    });
    await run.quiet();
    t.same(await run.effects(), []);
  });

  t.test("events of a bulk that the broker rejects stay in the outbox, and the others are delivered", async (t) => {
    const { behind, broker, probes, start } = bench();
    const run = start();
    const rejection = await behind.rejectSome(probes, placed);
    const { rejectsOne } = guarantees[broker];
    try {
      await run.send(placed, rejection.instructions);
      await eventually("the broker to accept the other events", async () => {
        const [waiting, accepted] = [
          (await run.waiting()).length,
          (await run.effects()).length + (await behind.backlog()),
        ];
        if (rejectsOne === true) return waiting === 1 && accepted === run.sent.length - 1;
        return waiting > 0 && accepted > 0;
      });
      if (rejectsOne !== true) instead(t, rejectsOne);
    } finally {
      await rejection.end();
    }
    t.same(await run.settled(), [], "the rejected events are delivered after the broker accepts them");
  });
}

/** An event whose data has this size. */
function sized(bytes: number, run: string) {
  const empty = { key: "large", padding: "", run };
  const { run: _, ...instruction } = { ...empty, padding: "x".repeat(bytes - JSON.stringify(empty).length) };
  return instruction;
}
