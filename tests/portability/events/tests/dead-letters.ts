import type { Test } from "tap";
import { as } from "../../../support/direct.ts";
import { eventually } from "../../../support/eventually.ts";
import type { Bench } from "../bench.ts";

const placed = "orders.order-placed.v1";
/** Repeats the number in platform/src/events/subscriptions.ts, so that the test notices a change there. */
const attempts = 5;

export function deadLetterTests(t: Test, bench: () => Bench): void {
  t.test(
    "an event that fails all attempts becomes a dead letter with its error, and is handled when redriven",
    async (t) => {
      const { probes, start } = bench();
      const run = start();
      const catalog = probes.ops("catalog");
      const letterOf = async (id: string) =>
        (await catalog.listDeadLetters({ first: 50 }, as(await probes.token()))).deadLetters.find(
          (one) => one.eventId === id,
        );
      const [bad] = await run.send(placed, [{ key: "bad", failures: attempts + 1 }]);
      await run.send(placed, [{ key: "good" }, { key: "bad" }]);
      const id = bad?.id ?? "";
      const letter = await eventually("the dead letter", () => letterOf(id), 150_000);
      t.match(letter, { topic: placed, attempts, error: `told to fail: ${attempts} of ${attempts + 1}` });
      t.match(JSON.parse(letter.eventJson), { id, type: placed, source: "orders", data: { key: "bad", run: run.id } });
      await run.quiet();
      t.same(
        await run.problems(),
        [`catalog: 0 effects of ${placed} ${id}`],
        "it has no effect, and the later events have theirs",
      );

      const redrive = async () => {
        const { redriven, failed } = await catalog.redriveDeadLetters({ eventIds: [id] }, as(await probes.token()));
        return { redriven, failed };
      };
      t.same(await redrive(), { redriven: 0, failed: 1 }, "it fails again");
      t.equal((await letterOf(id))?.attempts, attempts + 1);
      t.same(await redrive(), { redriven: 1, failed: 0 }, "it is handled");
      t.same(await redrive(), { redriven: 0, failed: 0 }, "it is no longer a dead letter");
      t.same(await run.settled(), []);
    },
  );
}
