import t from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { createRefreshAhead } from "./refresh-ahead.ts";

const lifeMs = 200;
const nearlyOver = 0.3 * lifeMs;

/** Entries that live so long; their refreshes fail and are recorded by the turn in which they began. */
function things(left: ReadonlyMap<string, number>) {
  const turns: string[][] = [];
  let open = false;
  const begin = (key: string) => {
    if (!open) turns.push([]);
    open = true;
    setImmediate(() => {
      open = false;
    });
    turns.at(-1)?.push(key);
  };
  const ahead = createRefreshAhead({ maxAgeMs: lifeMs, remainingMs: (key) => left.get(key) ?? 0 });
  const ask = (key: string) =>
    ahead.read(key, async () => {
      begin(key);
      throw new Error("away: nobody waits for it");
    });
  return { turns, ask };
}

t.test("an entry that is read in the last part of its life is refreshed once, together with others", async (t) => {
  const left = new Map([
    ["early", nearlyOver + 1],
    ["a", nearlyOver],
    ["b", nearlyOver],
  ]);
  const { turns, ask } = things(left);
  for (const key of ["early", "a", "b", "a"]) ask(key);
  t.same(turns, [], "not while somebody is answered");
  await eventually("the fetches", async () => turns.length > 0);
  t.same(turns, [["a", "b"]]);
  left.set("a", 1);
  ask("a");
  await eventually("the next time", async () => turns.length > 1);
  t.same(turns, [["a", "b"], ["a"]]);
});

t.test("an entry that was fetched or invalidated meanwhile is not refreshed", async (t) => {
  const left = new Map([
    ["fetched", 1],
    ["forgotten", 1],
    ["waiting", 1],
  ]);
  const { turns, ask } = things(left);
  for (const key of left.keys()) ask(key);
  left.set("fetched", lifeMs);
  left.delete("forgotten");
  await eventually("the fetch", async () => turns.length > 0);
  t.same(turns, [["waiting"]]);
});

t.test("500 refreshes begin at once, the others later, and 5,000 wait", async (t) => {
  const keys = Array.from({ length: 5_200 }, (_, at) => `${at}`);
  const { turns, ask } = things(new Map(keys.map((key) => [key, 1])));
  for (const key of keys) ask(key);
  await eventually("all of them", async () => turns.flat().length === 5_000);
  t.same(
    turns.map(({ length }) => length),
    Array.from({ length: 10 }, () => 500),
  );
});
