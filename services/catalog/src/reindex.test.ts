import { background } from "@sidecart/platform/rpc";
import t from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { startStore } from "../../../tests/support/store.ts";
import { createIndexStore } from "./index-store.ts";
import { createIndexBuilder, keepIndexes } from "./reindex.ts";
import type { IndexOperation, SearchIndex } from "./search-index.ts";

t.setTimeout(90_000);
const soon = () => background(20_000);

type Step = "create" | "delete" | "alias" | "write";

/**
 * A search engine's state, as far as a reindex can see it. A step can be made to fail, or held until it is released.
 */
function engine() {
  const held = new Map<string, Set<string>>();
  const refreshed: boolean[] = [];
  const state = {
    alias: null as string | null,
    failAt: undefined as Step | undefined,
    before: async (_: Step, _name: string, _signal: AbortSignal) => {},
    held,
    refreshed,
  };
  const step = async (name: Step, index: string, { signal }: { signal: AbortSignal }) => {
    if (state.failAt === name) throw new Error(`${name} failed`);
    await state.before(name, index, signal);
    if (signal.aborted) throw new Error("aborted");
  };
  type Context = ReturnType<typeof soon>;
  const index = {
    async createIndex(name: string, context: Context) {
      await step("create", name, context);
      held.set(name, new Set());
    },
    async deleteIndex(name: string, context: Context) {
      await step("delete", name, context);
      held.delete(name);
      if (state.alias === name) state.alias = null;
    },
    async pointAlias(name: string, context: Context) {
      await step("alias", name, context);
      if (held.has(name)) state.alias = name;
      return held.has(name);
    },
    resolveAlias: async () => state.alias,
    async write(name: string, operations: IndexOperation[], refresh: boolean, context: Context) {
      await step("write", name, context);
      const documents = held.get(name);
      if (!documents) throw new Error(`no index ${name}`);
      for (const { op, id } of operations) op === "index" ? documents.add(id) : documents.delete(id);
      refreshed.push(refresh);
      return new Map<string, string>();
    },
  } as unknown as SearchIndex;
  return { state, index };
}

const { database, query, log } = await startStore(t, "catalog");
const indexes = createIndexStore(database);
await query(
  `insert into products (id, name, description, price, currency, category, on_hand, created_at, updated_at, deleted_at)
   select gen_random_uuid(), 'Tea', '', 1, 'EUR', 'tea', 1, now(), now(), case when n > 1200 then now() end
   from generate_series(1, 1210) n`,
);
t.beforeEach(() => query("truncate search_indexes"));

const replica = ({ state, index }: ReturnType<typeof engine>) => {
  const deps = { indexes, index };
  const builder = createIndexBuilder(deps, log);
  const stateOf = async (name: string) => (await indexes.progress(name, soon())).state;
  const rebuild = async () => {
    const name = await builder.begin(soon());
    await eventually(`${name} built`, async () => (await stateOf(name)) !== "building");
    return name;
  };
  /** Asserts that only the live index is left. */
  const settled = () =>
    eventually("one index left", async () => [...state.held.keys()].join() === state.alias && state.alias);
  return { builder, rebuild, stateOf, settled, keep: () => keepIndexes(deps, builder, soon()) };
};
const started = async () => {
  const made = engine();
  const one = replica(made);
  await one.keep();
  const live = await one.settled();
  await eventually("live", async () => (await one.stateOf(live)) === "live");
  return { ...made, ...one, live };
};

t.test("the first index is built once, and has every product that is not deleted", async (t) => {
  const { state, keep, live, settled } = await started();
  t.equal(state.held.get(live)?.size, 1_200);
  await keep();
  t.equal(await settled(), live);
  t.match(await indexes.survey(soon()), { live, building: null, retired: [] });
});

t.test("replicas that start together build one index", async (t) => {
  const made = engine();
  const replicas = Array.from({ length: 6 }, () => replica(made));
  await Promise.all(replicas.map((one) => one.keep()));
  await replicas[0]?.settled();
  t.equal((await query("select from search_indexes")).length, 1);
});

t.test("a reindex returns at once, reports its progress, and replaces the old index", async (t) => {
  const { state, builder, live, settled } = await started();
  const gate = Promise.withResolvers<void>();
  state.before = async (step) => {
    if (step === "write") await gate.promise;
  };
  const name = await builder.begin(soon());
  await eventually("announced", async () => (await indexes.current([], soon())).indexes.length === 2);
  t.same(await indexes.progress(name, soon()), { state: "building", indexed: 0 });
  t.equal(state.alias, live, "searches still use the old index");
  state.refreshed.length = 0;
  gate.resolve();
  t.equal(await settled(), name);
  t.same(await indexes.progress(name, soon()), { state: "live", indexed: 1_210 });
  t.same(state.refreshed, [false, false, true], "searches wait only for the end");
});

t.test("a second reindex at the same time is refused, and affects neither", async (t) => {
  const { builder, settled, live } = await started();
  const both = await Promise.allSettled([builder.begin(soon()), builder.begin(soon())]);
  t.match(
    both.find(({ status }) => status === "rejected"),
    { reason: { code: "REINDEX_RUNNING" } },
  );
  await eventually("the other is live", async () => (await settled()) !== live);
});

for (const failing of ["create", "write", "alias"] as const) {
  t.test(`when ${failing} fails the live index stays live, nothing is left over, and a retry succeeds`, async (t) => {
    const { state, rebuild, live, settled, stateOf } = await started();
    state.failAt = failing;
    t.equal(await stateOf(await rebuild()), "gone");
    t.equal(await settled(), live);
    state.failAt = undefined;
    const next = await rebuild();
    await eventually("the next is live", async () => (await settled()) === next);
  });
}

t.test("an index that could not be deleted is deleted by a later sweep", async (t) => {
  const { state, rebuild, live, keep, settled } = await started();
  state.failAt = "delete";
  const next = await rebuild();
  t.ok(state.held.has(live));
  state.failAt = undefined;
  await keep();
  t.equal(await settled(), next);
  t.match(await indexes.survey(soon()), { retired: [] });
});

t.test("stopping gives up the build in progress, and cleans up", async (t) => {
  const { state, builder, live } = await started();
  const writing = Promise.withResolvers<void>();
  state.before = async (step, _, signal) => {
    if (step !== "write") return;
    writing.resolve();
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  };
  await builder.begin(soon());
  await writing.promise;
  await builder.stop();
  t.same([...state.held.keys()], [live]);
  t.equal(state.alias, live);
  t.match(await indexes.survey(soon()), { live, building: null, retired: [] });
});

t.test("a build whose process was killed is cleaned up by others, even when searches used it already", async (t) => {
  for (const alias of ["live", "dead"]) {
    const { state, keep, live } = await started();
    state.held.set("products-dead", new Set());
    if (alias === "dead") state.alias = "products-dead";
    await indexes.startBuilding("products-dead", soon());
    await keep();
    t.ok(state.held.has("products-dead"), "it may only be slow");
    await query("update search_indexes set beat_at = now() - interval '31 seconds' where state = 'building'");
    await keep();
    t.same([...state.held.keys()], [live]);
    t.equal(state.alias, live);
    await query("truncate search_indexes");
  }
});

t.test("a catalog that was killed while it built its first index recovers by itself", async (t) => {
  const made = engine();
  await indexes.startBuilding("products-dead", soon());
  const { keep, settled } = replica(made);
  await keep();
  t.same([...made.state.held.keys()], []);
  await query("update search_indexes set beat_at = now() - interval '31 seconds'");
  await keep();
  await settled();
  t.equal(made.state.held.get(made.state.alias ?? "")?.size, 1_200);
});

t.test("an alias that points elsewhere is moved back to the live index", async (t) => {
  const { state, keep, live } = await started();
  for (const astray of [null, "products-old"]) {
    state.alias = astray;
    await keep();
    t.equal(state.alias, live);
  }
});

t.test("an engine that lost the live index gets a new one", async (t) => {
  const { state, keep, live, settled } = await started();
  state.held.clear();
  state.alias = null;
  await keep();
  t.not(await settled(), live);
  t.equal(state.held.get(state.alias ?? "")?.size, 1_200);
});

t.test("a build that was given up as too slow does not become live", async (t) => {
  const { state, rebuild, live, settled, stateOf } = await started();
  state.before = async (step) => {
    if (step === "write") await query("update search_indexes set state = 'retired' where state = 'building'");
  };
  t.equal(await stateOf(await rebuild()), "gone");
  t.equal(await settled(), live);
});
