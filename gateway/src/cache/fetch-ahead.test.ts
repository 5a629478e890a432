import t from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import type { ApiOrder } from "../order-resolvers.ts";
import type { ApiProduct } from "../product-resolvers.ts";
import { createFetchAhead } from "./fetch-ahead.ts";
import { createOrderCache } from "./orders.ts";
import { createProductCache } from "./products.ts";

const lifeMs = 200;
const nearlyOver = 0.3 * lifeMs;

/** What has so long to live, and whose fetches fail and are noted by the turn in which they began. */
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
  const ahead = createFetchAhead({ maxAgeMs: lifeMs, remainingMs: (key) => left.get(key) ?? 0 });
  const ask = (key: string) =>
    ahead.asked(key, async () => {
      begin(key);
      throw new Error("away: nobody waits for it");
    });
  return { turns, ask };
}

t.test("what is asked for in the last part of its life is fetched once, with others, and not before", async (t) => {
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

t.test("what was fetched or forgotten meanwhile is left alone", async (t) => {
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

t.test("500 fetches begin at once, the others later, and 5,000 wait", async (t) => {
  const keys = Array.from({ length: 5_200 }, (_, at) => `${at}`);
  const { turns, ask } = things(new Map(keys.map((key) => [key, 1])));
  for (const key of keys) ask(key);
  await eventually("all of them", async () => turns.flat().length === 5_000);
  t.same(
    turns.map(({ length }) => length),
    Array.from({ length: 10 }, () => 500),
  );
});

const maxAgeMs = 1_000;
const call = { deadline: 0, signal: new AbortController().signal };

/** Asks until an answer came from memory in the last part of its time; where this process was held up, once more. */
async function askLate(ask: () => unknown, fromMemory: () => boolean): Promise<void> {
  for (;;) {
    await ask();
    const late = performance.now() + 0.75 * maxAgeMs;
    await eventually("the last part of its time", async () => performance.now() >= late);
    await ask();
    if (fromMemory()) return;
  }
}

t.test("a product that somebody asks for goes on being known; when it cannot be had, its time ends", async (t) => {
  let fetches: number[] = [];
  let away = false;
  const cache = createProductCache({
    reads: {
      async product() {
        fetches.push(Date.now());
        if (away) throw new Error("away");
        return { id: "a", name: "", description: "", category: "", version: 1 } as unknown as ApiProduct;
      },
      products: () => [],
      order: async () => null,
      orders: async () => [],
    },
    maxAgeMs,
    timeoutMs: 5_000,
  });
  const ask = () => cache.product("a", call);
  await askLate(ask, () => {
    const known = fetches.length === 1;
    if (!known) fetches = [];
    return known;
  });
  await eventually("the product to be fetched, though nobody asks again", async () => fetches.length === 2);
  t.notOk(ask() instanceof Promise, "it is known");

  away = true;
  const since = fetches.at(-1) ?? 0;
  const asking = setInterval(() => void Promise.resolve(ask()).catch(() => {}), 20);
  t.teardown(() => clearInterval(asking));
  await eventually("its time to end", async () =>
    Promise.resolve(ask()).then(
      () => false,
      () => true,
    ),
  );
  t.ok(Date.now() - since >= maxAgeMs - 50, "not before");
  t.ok(fetches.length > 2, "it was tried ahead");
});

t.test("an order is fetched ahead as whoever sees it asks; who may not see it has nothing fetched", async (t) => {
  const asked: string[] = [];
  const cache = createOrderCache({
    reads: {
      product: () => null,
      products: () => [],
      async order(id, { authorization = "" }) {
        asked.push(authorization);
        return authorization === "ann"
          ? ({ id, userId: "ann", version: 1, orderProducts: [] } as unknown as ApiOrder)
          : null;
      },
      orders: async () => [],
    },
    verifier: {
      caller: async ({ authorization: accountId = "" }) => ({ accountId, roles: ["customer"], sessionId: "" }),
      require: () => Promise.reject(new Error("not asked")),
    },
    maxAgeMs,
    timeoutMs: 5_000,
  });
  const as = (authorization: string) => ({ ...call, authorization });
  await askLate(
    async () => {
      await cache.order("1", as("ann"));
      if (asked.length === 1) t.equal(await cache.order("1", as("bob")), null);
    },
    () => {
      const known = asked.length === 1;
      if (!known) asked.length = 0;
      return known;
    },
  );
  await eventually("the order to be fetched, though nobody asks again", async () => asked.length > 1);
  t.same(asked, ["ann", "ann"]);
  t.equal(await cache.order("1", as("bob")), null);
});
