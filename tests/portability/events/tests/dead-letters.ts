import type { Test } from "tap";
import { as } from "../../../support/direct.ts";
import { eventually } from "../../../support/eventually.ts";
import type { Bench } from "../bench.ts";

const placed = "orders.order-placed.v1";
/**
 * The dispatcher's (platform/src/events/dispatcher.ts), written down once more: the code does not say what is right.
 */
const tries = 5;

export function deadLetterTests(t: Test, bench: () => Bench): void {
  t.test(
    "an event that fails every attempt becomes a dead letter with error and attempts, and is handled when redriven",
    async (t) => {
      const { probes, start } = bench();
      const run = start();
      const catalog = probes.ops("catalog");
      const letterOf = async (id: string) =>
        (await catalog.listDeadLetters({ first: 50 }, as(await probes.token()))).deadLetters.find(
          (one) => one.eventId === id,
        );
      const [bad] = await run.send(placed, [{ key: "bad", failures: tries + 1 }]);
      await run.send(placed, [{ key: "good" }, { key: "bad" }]);
      const id = bad?.id ?? "";
      const letter = await eventually("the dead letter", () => letterOf(id), 150_000);
      t.match(letter, { topic: placed, attempts: tries, error: `told to fail: ${tries} of ${tries + 1}` });
      t.match(JSON.parse(letter.eventJson), { id, type: placed, source: "orders", data: { key: "bad", run: run.id } });
      await run.quiet();
      t.same(
        await run.wrongs(),
        [`catalog: 0 effects of ${placed} ${id}`],
        "it has no effect, and those behind it have",
      );

      const redrive = async () => {
        const { redriven, failed } = await catalog.redriveDeadLetters({ eventIds: [id] }, as(await probes.token()));
        return { redriven, failed };
      };
      t.same(await redrive(), { redriven: 0, failed: 1 }, "it fails once more");
      t.equal((await letterOf(id))?.attempts, tries + 1);
      t.same(await redrive(), { redriven: 1, failed: 0 }, "and then is handled");
      t.same(await redrive(), { redriven: 0, failed: 0 }, "which takes it off the list");
      t.same(await run.settled(), []);
    },
  );
}
