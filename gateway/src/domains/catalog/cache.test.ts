import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import t from "tap";
import { eventually } from "../../../../tests/support/eventually.ts";
import { readLate } from "../../../../tests/support/read-late.ts";
import { ResponseDependencies } from "../../cache/response-dependencies.ts";
import type { ServiceChange } from "../changes.ts";
import { bytesOfProduct, createProductCache } from "./cache.ts";
import type { ApiProduct } from "./model.ts";

type State = { version: number; price: number; stock: number };
type Fetch = { read(): void; answer(): void; fail(): void };

const ids = ["a", "b"] as const;
type Id = (typeof ids)[number];

/** A catalogue whose changes are heard late and in any order, and whose fetches end when the test says so. */
function world() {
  const history = new Map<Id, State[]>(ids.map((id) => [id, [{ version: 0, price: 0, stock: 0 }]]));
  const now = (id: Id) => history.get(id)?.at(-1) as State;
  const unheard: ServiceChange[] = [];
  const heard = new Map<Id, { version: number; price: number }>(ids.map((id) => [id, { version: 0, price: 0 }]));
  const fetches = new Set<Fetch>();
  /** Reads at a moment between the question and the answer. */
  const later = <T>(look: () => T) =>
    new Promise<T>((resolve, reject) => {
      let seen: T | undefined;
      const fetch: Fetch = {
        read() {
          seen ??= look();
        },
        answer() {
          fetch.read();
          fetches.delete(fetch);
          resolve(seen as T);
        },
        fail() {
          fetches.delete(fetch);
          reject(new Error("away"));
        },
      };
      fetches.add(fetch);
    });
  const product = (id: Id) => ({ id, name: "", description: "", category: "", ...now(id) }) as unknown as ApiProduct;
  const cache = createProductCache({
    source: {
      product: (id) => later(() => product(id as Id)),
      products: () => later(() => ids.map(product)),
    },
    maxAgeMs: 60_000,
    timeoutMs: 5_000,
  });
  return {
    fetches,
    unheard,
    cache,
    commit(id: Id, what: "price" | "stock") {
      const { version, price, stock } = now(id);
      const next = {
        version: version + 1,
        price: price + Number(what === "price"),
        stock: stock + Number(what === "stock"),
      };
      history.get(id)?.push(next);
      const inPlace = what === "stock";
      unheard.push({ id, owner: "", version: next.version, inPlace, stock: inPlace ? next.stock : undefined });
    },
    hear(place: number) {
      const [change] = unheard.splice(place % Math.max(unheard.length, 1), 1);
      if (!change) return;
      cache.apply(change);
      const last = heard.get(change.id as Id) as { version: number; price: number };
      last.version = Math.max(last.version, change.version);
      const state = history.get(change.id as Id)?.[change.version];
      if (state && !change.inPlace) last.price = Math.max(last.price, state.price);
    },
    /** What is answered at once, from memory, has every change in it that was heard of. */
    check(known: unknown) {
      if (known instanceof Promise) return void known.catch(() => {});
      for (const { id, version, price, stock } of [known].flat() as unknown as (State & { id: Id })[]) {
        const told = heard.get(id) as { version: number; price: number };
        t.ok(version >= told.version, `${id}: version ${version}, heard of ${told.version}`);
        t.ok(Number(price) >= told.price, `${id}: price ${price}, heard of ${told.price}`);
        t.equal(stock, history.get(id)?.[version]?.stock, "the stock is that of its version");
      }
    },
  };
}

const step = fc.record({
  act: fc.constantFrom("commit", "hear", "ask", "list", "read", "answer", "fail"),
  place: fc.nat(5),
  id: fc.constantFrom(...ids),
  what: fc.constantFrom("price" as const, "stock" as const),
});
const page = { first: 2 };
const forService = () => {
  throw new Error("a cached read shows nobody's token");
};
const call = { forService };

t.test(
  "in whatever order fetches and changes come, a cached value is never older than the last change that was heard",
  async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80 }), async (steps) => {
      const { fetches, cache, commit, hear, check } = world();
      for (const { act, place, id, what } of steps) {
        const fetch = [...fetches][place % Math.max(fetches.size, 1)];
        if (act === "commit") commit(id, what);
        else if (act === "hear") hear(place);
        else if (act === "ask") check(cache.product(id, call));
        else if (act === "list") check(cache.products(page, call));
        else if (fetch) fetch[act]();
        await turn();
      }
    });
    await fc.assert(property, { numRuns: 300 });
  },
);

t.test("concurrent reads of one product share a fetch, until a change of it is heard", async (t) => {
  const { fetches, cache, commit, hear } = world();
  const first = cache.product("a", call);
  t.equal(cache.product("A", call), first, "in whatever case the id is written");
  t.equal(fetches.size, 1);
  commit("a", "price");
  hear(0);
  const second = cache.product("a", call);
  t.equal(fetches.size, 2, "one that began before may have read what was");
  for (const fetch of fetches) fetch.answer();
  t.match(await Promise.all([first, second]), [{ version: 1 }, { version: 1 }]);
  t.match(cache.product("a", call), { version: 1 }, "the later one is kept");
});

t.test("an absent cursor is the same as null, and differs from every text that a client may send", async (t) => {
  const { fetches, cache } = world();
  const first = cache.products({ first: 2 }, call);
  for (const fetch of fetches) fetch.answer();
  const rows = await first;
  t.same(cache.products({ first: 2, after: null }, call), rows, "known");
  for (const after of ["undefined", "null", ""]) cache.products({ first: 2, after }, call);
  t.equal(fetches.size, 3, "asked for");
  for (const fetch of fetches) fetch.answer();
});

t.test(
  "a response is charged with every product that it depends on, and is current while all are the same",
  async (t) => {
    const { fetches, cache, commit, hear } = world();
    const first = cache.products(page, call);
    for (const fetch of fetches) fetch.answer();
    const [a, b] = (await first) as [ApiProduct, ApiProduct];
    const dependenciesOf = (read: (call: { forService(): never; dependencies: ResponseDependencies }) => unknown) => {
      const dependencies = new ResponseDependencies("key");
      read({ forService, dependencies });
      return dependencies;
    };
    const list = dependenciesOf((tracked) => cache.products(page, tracked));
    const one = dependenciesOf((tracked) => cache.product("b", tracked));
    t.equal(list.bytes(), bytesOfProduct(a) + bytesOfProduct(b));
    t.equal(one.bytes(), bytesOfProduct(b));
    t.ok(list.isCurrent() && one.isCurrent());
    commit("a", "stock");
    hear(0);
    t.same([list.isCurrent(), one.isCurrent()], [false, true]);
    commit("b", "price");
    hear(0);
    t.notOk(one.isCurrent(), "it is not known what that is now");
    t.notOk(dependenciesOf((tracked) => cache.product("b", tracked)).isCacheable, "nor is what is on its way");
    for (const fetch of fetches) fetch.answer();
  },
);

t.test("a failure is not cached", async (t) => {
  const { fetches, cache } = world();
  const failing = cache.product("a", call);
  for (const fetch of fetches) fetch.fail();
  await t.rejects(Promise.resolve(failing), { message: "away" });
  const next = cache.product("a", call);
  for (const fetch of fetches) fetch.answer();
  t.match(await next, { id: "a" });
});

t.test("a page is made of cached products, and those that are missing are fetched alone", async (t) => {
  const { fetches, cache, commit, hear } = world();
  const first = cache.products(page, call);
  for (const fetch of fetches) fetch.answer();
  t.match(await first, [{ id: "a" }, { id: "b" }]);
  t.match(cache.product("b", call), { id: "b" }, "known now");
  t.match(cache.products(page, call), [{ id: "a" }, { id: "b" }]);
  commit("a", "stock");
  hear(0);
  t.match(cache.products(page, call), [{ id: "a", stock: 1 }, { id: "b" }], "a stock that is told is set");
  cache.apply({ id: "a", owner: "", version: 9, inPlace: true });
  const after = cache.products(page, call);
  t.equal(fetches.size, 1, "one that is not told is fetched");
  for (const fetch of fetches) fetch.answer();
  t.match(await after, [{ id: "a", stock: 1 }, { id: "b" }]);
});

const maxAgeMs = 1_000;

t.test("a product that is read often is refreshed before it expires; while that fails it expires", async (t) => {
  let fetches: number[] = [];
  let away = false;
  const cache = createProductCache({
    source: {
      async product() {
        fetches.push(Date.now());
        if (away) throw new Error("away");
        return { id: "a", name: "", description: "", category: "", version: 1 } as unknown as ApiProduct;
      },
      products: async () => [],
    },
    maxAgeMs,
    timeoutMs: 5_000,
  });
  const ask = () => cache.product("a", call);
  await readLate(maxAgeMs, ask, () => {
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
