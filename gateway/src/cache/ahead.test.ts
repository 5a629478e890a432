import { setTimeout as pause } from "node:timers/promises";
import t from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import type { ApiProduct } from "../product-resolvers.ts";
import { createAhead } from "./ahead.ts";
import { createProductCache } from "./products.ts";

const lifeMs = 200;
const nearlyOver = 0.3 * lifeMs;

/** Fetches that fail, and are noted by the turn in which they began. */
function fetches() {
  const turns: string[][] = [];
  let open = false;
  const fetch = (key: string) => async () => {
    if (!open) turns.push([]);
    open = true;
    setImmediate(() => {
      open = false;
    });
    turns.at(-1)?.push(key);
    throw new Error("away: nobody waits for it");
  };
  return { turns, fetch };
}

t.test("what is asked for in the last part of its life is fetched once, with others, and not before", async (t) => {
  const ahead = createAhead(lifeMs);
  const { turns, fetch } = fetches();
  ahead.answered("early", nearlyOver + 1, fetch("early"));
  for (const key of ["a", "b", "a"]) ahead.answered(key, nearlyOver, fetch(key));
  t.same(turns, [], "not while somebody is answered");
  await eventually("the fetches", async () => turns.length > 0);
  t.same(turns, [["a", "b"]]);
  ahead.answered("a", 1, fetch("a"));
  await eventually("the next time", async () => turns.length > 1);
  t.same(turns, [["a", "b"], ["a"]]);
});

t.test("500 fetches begin at once, the others later", async (t) => {
  const ahead = createAhead(lifeMs);
  const { turns, fetch } = fetches();
  for (let at = 0; at < 1_200; at += 1) ahead.answered(`${at}`, 1, fetch(`${at}`));
  await eventually("all of them", async () => turns.flat().length === 1_200);
  t.same(
    turns.map(({ length }) => length),
    [500, 500, 200],
  );
});

t.test("a product that somebody asks for goes on being known", async (t) => {
  const maxAgeMs = 1_000;
  let fetched = 0;
  const cache = createProductCache({
    reads: {
      product() {
        fetched += 1;
        return { id: "a", name: "", description: "", category: "", version: 1 } as unknown as ApiProduct;
      },
      products: () => [],
      order: async () => null,
      orders: async () => [],
    },
    maxAgeMs,
    timeoutMs: 5_000,
  });
  const ask = () => cache.product("a", { deadline: 0, signal: new AbortController().signal });
  // where this process was held up until the product's time was over, it says nothing
  let known = false;
  while (!known) {
    await ask();
    await pause(0.75 * maxAgeMs);
    fetched = 0;
    known = !(ask() instanceof Promise);
  }
  t.equal(fetched, 0);
  await eventually("the product to be fetched, though nobody asks again", async () => fetched === 1);
});
