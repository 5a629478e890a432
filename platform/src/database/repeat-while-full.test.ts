import t from "tap";
import { background } from "../rpc/call.ts";
import { repeatWhileFull } from "./repeat-while-full.ts";

const soon = () => background(10_000);

/** A statement that handles these numbers of rows, one after the other. */
function statementOf(...counts: number[]) {
  const left = [...counts];
  return { left, run: async () => left.shift() ?? 0 };
}

t.test("a statement is repeated until it handles fewer rows than it may", async (t) => {
  const { left, run } = statementOf(5, 5, 2, 5);
  t.equal(await repeatWhileFull(5, soon(), run), 12);
  t.same(left, [5]);
});

t.test("with a size of one it is repeated until it handles none", async (t) => {
  const { left, run } = statementOf(7, 1, 0, 3);
  t.equal(await repeatWhileFull(1, soon(), run), 8);
  t.same(left, [3]);
});

t.test("it ends when the caller cancels or the deadline has passed", async (t) => {
  const leave = new AbortController();
  let runs = 0;
  const repeated = repeatWhileFull(5, background(10_000, leave.signal), async () => {
    runs += 1;
    if (runs === 2) leave.abort();
    return 5;
  });
  await t.rejects(repeated, { code: "CANCELLED" });
  t.equal(runs, 2);
  await t.rejects(repeatWhileFull(5, background(0), statementOf(5).run), { code: "TIMEOUT" });
});
