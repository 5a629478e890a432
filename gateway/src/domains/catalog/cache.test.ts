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

const product = (id: Id, state: State) =>
  ({ id, name: "", description: "", category: "", ...state }) as unknown as ApiProduct;

/** Fetches in progress. Each reads the state, and returns or fails, when the test says so. */
function createFetches() {
  const fetches = new Set<Fetch>();
  const start = <T>(readState: () => T) =>
    new Promise<T>((resolve, reject) => {
      let seen: T | undefined;
      const fetch: Fetch = {
        read() {
          seen ??= readState();
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
  return { fetches, start };
}

/** Every state of each product, and the changes that the cache has not heard of. */
function createHistory() {
  const states = new Map<Id, State[]>(ids.map((id) => [id, [{ version: 0, price: 0, stock: 0 }]]));
  const unheard: ServiceChange[] = [];
  const now = (id: Id) => states.get(id)?.at(-1) as State;
  return {
    unheard,
    now,
    at: (id: Id, version: number) => states.get(id)?.[version],
    commit(id: Id, what: "price" | "stock") {
      const { version, price, stock } = now(id);
      const next = {
        version: version + 1,
        price: price + Number(what === "price"),
        stock: stock + Number(what === "stock"),
      };
      states.get(id)?.push(next);
      const inPlace = what === "stock";
      unheard.push({ id, owner: "", version: next.version, inPlace, stock: inPlace ? next.stock : undefined });
    },
  };
}

/** A catalogue whose changes arrive late and in any order, and whose fetches end when the test says so. */
function world() {
  const { unheard, now, at, commit } = createHistory();
  const { fetches, start } = createFetches();
  const heard = new Map<Id, { version: number; price: number }>(ids.map((id) => [id, { version: 0, price: 0 }]));
  const source = {
    product: (id: string) => start(() => product(id as Id, now(id as Id))),
    products: () => start(() => ({ nodes: ids.map((id) => product(id, now(id))), next: "" })),
  };
  const cache = createProductCache({ source, maxAgeMs: 60_000, timeoutMs: 5_000 });
  return {
    fetches,
    cache,
    commit,
    hear(place: number) {
      const [change] = unheard.splice(place % Math.max(unheard.length, 1), 1);
      if (!change) return;
      cache.apply(change);
      const last = heard.get(change.id as Id) as { version: number; price: number };
      last.version = Math.max(last.version, change.version);
      const state = at(change.id as Id, change.version);
      if (state && !change.inPlace) last.price = Math.max(last.price, state.price);
    },
    /** A value from memory has every change in it that the cache has heard of. */
    check(read: unknown) {
      if (read instanceof Promise) return void read.catch(() => {});
      type Row = State & { id: Id };
      const rows = read !== null && typeof read === "object" && "nodes" in read ? read.nodes : [read];
      for (const { id, version, price, stock } of rows as Row[]) {
        const last = heard.get(id) as { version: number; price: number };
        t.ok(version >= last.version, `${id}: version ${version}, heard of ${last.version}`);
        t.ok(Number(price) >= last.price, `${id}: price ${price}, heard of ${last.price}`);
        t.equal(stock, at(id, version)?.stock, "the stock is that of its version");
      }
    },
  };
}

const step = fc.record({
  act: fc.constantFrom("commit", "hear", "get", "list", "read", "answer", "fail"),
  place: fc.nat(5),
  id: fc.constantFrom(...ids),
  what: fc.constantFrom("price" as const, "stock" as const),
});
const page = { first: 2 };
const forService = () => {
  throw new Error("a cached read carries no token");
};
const call = { forService };

t.test(
  "whatever the order of fetches and changes, a cached value is never older than the last change that arrived",
  async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80 }), async (steps) => {
      const { fetches, cache, commit, hear, check } = world();
      for (const { act, place, id, what } of steps) {
        const fetch = [...fetches][place % Math.max(fetches.size, 1)];
        if (act === "commit") commit(id, what);
        else if (act === "hear") hear(place);
        else if (act === "get") check(cache.product(id, call));
        else if (act === "list") check(cache.products(page, call));
        else if (fetch) fetch[act]();
        await turn();
      }
    });
    await fc.assert(property, { numRuns: 300 });
  },
);

t.test("concurrent reads of one product share a fetch until a change of the product arrives", async (t) => {
  const { fetches, cache, commit, hear } = world();
  const first = cache.product("a", call);
  t.equal(cache.product("A", call), first, "also when the id is in upper case");
  t.equal(fetches.size, 1);
  commit("a", "price");
  hear(0);
  const second = cache.product("a", call);
  t.equal(fetches.size, 2, "the earlier fetch may have read the old state");
  for (const fetch of fetches) fetch.answer();
  t.match(await Promise.all([first, second]), [{ version: 1 }, { version: 1 }]);
  t.match(cache.product("a", call), { version: 1 }, "the later fetch is cached");
});

t.test("an absent cursor is the same as null and differs from every text that a client may send", async (t) => {
  const { fetches, cache } = world();
  const first = cache.products({ first: 2 }, call);
  for (const fetch of fetches) fetch.answer();
  const rows = await first;
  t.same(cache.products({ first: 2, after: null }, call), rows, "cached");
  for (const after of ["undefined", "null", ""]) cache.products({ first: 2, after }, call);
  t.equal(fetches.size, 3, "not cached");
  for (const fetch of fetches) fetch.answer();
});

t.test(
  "a response is charged with every product that it depends on, and is current while none of them changes",
  async (t) => {
    const { fetches, cache, commit, hear } = world();
    const first = cache.products(page, call);
    for (const fetch of fetches) fetch.answer();
    const [a, b] = (await first).nodes as [ApiProduct, ApiProduct];
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
    t.notOk(one.isCurrent(), "the product is not cached any more");
    t.notOk(
      dependenciesOf((tracked) => cache.product("b", tracked)).isCacheable,
      "a fetch in progress is not cacheable either",
    );
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

t.test("a page is made of cached products, and only the missing ones are fetched", async (t) => {
  const { fetches, cache, commit, hear } = world();
  const first = cache.products(page, call);
  for (const fetch of fetches) fetch.answer();
  t.match(await first, { nodes: [{ id: "a" }, { id: "b" }] });
  t.match(cache.product("b", call), { id: "b" }, "cached now");
  t.match(cache.products(page, call), { nodes: [{ id: "a" }, { id: "b" }] });
  commit("a", "stock");
  hear(0);
  t.match(
    cache.products(page, call),
    { nodes: [{ id: "a", stock: 1 }, { id: "b" }] },
    "a change that states the stock sets it",
  );
  cache.apply({ id: "a", owner: "", version: 9, inPlace: true });
  const after = cache.products(page, call);
  t.equal(fetches.size, 1, "after a change without the stock the product is fetched");
  for (const fetch of fetches) fetch.answer();
  t.match(await after, { nodes: [{ id: "a", stock: 1 }, { id: "b" }] });
});

const maxAgeMs = 1_000;

/** A cache of one product, with the times at which it was fetched, and a source that may be away. */
function refreshedProduct() {
  const fetched: number[] = [];
  const source = { away: false };
  const cache = createProductCache({
    source: {
      async product() {
        fetched.push(Date.now());
        if (source.away) throw new Error("away");
        return { id: "a", name: "", description: "", category: "", version: 1 } as unknown as ApiProduct;
      },
      products: async () => ({ nodes: [], next: "" }),
    },
    maxAgeMs,
    timeoutMs: 5_000,
  });
  return { read: () => cache.product("a", call), fetches: () => fetched.length, fetched, source };
}

t.test(
  "a product that is read often is refreshed before it expires; if the refresh fails, the product expires",
  async (t) => {
    const { read, fetched, source } = await readLate(maxAgeMs, refreshedProduct);
    await eventually("the product to be fetched though nobody reads it", async () => fetched.length === 2);
    t.notOk(read() instanceof Promise, "it is cached");

    source.away = true;
    const since = fetched.at(-1) ?? 0;
    const reading = setInterval(() => void Promise.resolve(read()).catch(() => {}), 20);
    t.teardown(() => clearInterval(reading));
    await eventually("the entry to expire", async () =>
      Promise.resolve(read()).then(
        () => false,
        () => true,
      ),
    );
    t.ok(Date.now() - since >= maxAgeMs - 50, "not before");
    t.ok(fetched.length > 2, "a refresh was tried before the entry expired");
  },
);
