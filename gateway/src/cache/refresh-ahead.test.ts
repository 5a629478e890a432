import t from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { createRefreshAhead } from "./refresh-ahead.ts";

const lifeMs = 200;
const nearlyOver = 0.3 * lifeMs;

/** Entries with these remaining lifetimes. Their refreshes fail and are recorded by the turn in which they started. */
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
      throw new Error("away: no caller waits for this refresh");
    });
  return { turns, ask };
}

t.test("an entry that is read near the end of its lifetime is refreshed once, in one batch with others", async (t) => {
  const left = new Map([
    ["early", nearlyOver + 1],
    ["a", nearlyOver],
    ["b", nearlyOver],
  ]);
  const { turns, ask } = things(left);
  for (const key of ["early", "a", "b", "a"]) ask(key);
  t.same(turns, [], "not during a read");
  await eventually("the fetches", async () => turns.length > 0);
  t.same(turns, [["a", "b"]]);
  left.set("a", 1);
  ask("a");
  await eventually("the second round", async () => turns.length > 1);
  t.same(turns, [["a", "b"], ["a"]]);
});

t.test("an entry that was fetched or invalidated in the meantime is not refreshed", async (t) => {
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

t.test("500 refreshes start at once, the others later, and at most 5,000 are queued", async (t) => {
  const keys = Array.from({ length: 5_200 }, (_, at) => `${at}`);
  const { turns, ask } = things(new Map(keys.map((key) => [key, 1])));
  for (const key of keys) ask(key);
  await eventually("all refreshes", async () => turns.flat().length === 5_000);
  t.same(
    turns.map(({ length }) => length),
    Array.from({ length: 10 }, () => 500),
  );
});
