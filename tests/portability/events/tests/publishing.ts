import type { Test } from "tap";
import { eventually } from "../../../support/eventually.ts";
import { instead } from "../../notes.ts";
import type { Bench } from "../bench.ts";
import { guarantees } from "../guarantees.ts";

const placed = "orders.order-placed.v1";
/** As much as an event's data may take (docs/brokers.md), written down once more. */
const mostBytes = 1_000_000;

export function publishingTests(t: Test, bench: () => Bench): void {
  t.test("an event of 1 MB arrives unchanged", async (t) => {
    const { probes, start } = bench();
    const run = start();
    const large = sized(mostBytes, run.id);
    await run.send(placed, [large]);
    t.same(await run.settled(), []);
    const lengths = "select padding from probe_effects where run = $1";
    t.match(await probes.query("catalog", lengths, [run.id]), [{ padding: large.padding.length }]);
  });

  t.test("writing a larger event fails, with the whole statement", async (t) => {
    const run = bench().start();
    const refused = run.send(placed, [{ key: "small" }, sized(mostBytes + 1, run.id)]);
    await t.rejects(refused, {
      message: `an event of ${placed} has ${mostBytes + 1} bytes; the maximum is ${mostBytes}`,
    });
    await run.quiet();
    t.same(await run.effects(), []);
  });

  t.test("events of a bulk that the broker refuses stay in the outbox, the others are delivered", async (t) => {
    const { behind, broker, probes, start } = bench();
    const run = start();
    const refusal = await behind.refuse(probes, placed);
    const { refusesOne } = guarantees[broker];
    try {
      await run.send(placed, refusal.tells);
      await eventually("the broker to have taken what it takes", async () => {
        const [waiting, taken] = [
          (await run.waiting()).length,
          (await run.effects()).length + (await behind.backlog()),
        ];
        if (refusesOne === true) return waiting === 1 && taken === run.sent.length - 1;
        return waiting > 0 && taken > 0;
      });
      if (refusesOne !== true) instead(t, refusesOne);
    } finally {
      await refusal.end();
    }
    t.same(await run.settled(), [], "and that is delivered once it is taken");
  });
}

/** Its data takes so many bytes. */
function sized(bytes: number, run: string) {
  const empty = { key: "large", padding: "", run };
  const { run: _, ...tell } = { ...empty, padding: "x".repeat(bytes - JSON.stringify(empty).length) };
  return tell;
}
