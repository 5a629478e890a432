import { background } from "@sidecart/platform/rpc";
import t from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { watchedIndex } from "../../../tests/support/search-index.ts";
import { startStore } from "../../../tests/support/store.ts";
import { createIndexStore } from "./index-store.ts";
import { createIndexBuilder, keepIndexes } from "./reindex.ts";

t.setTimeout(90_000);
const soon = () => background(20_000);

const { database, query, log, sidecar } = await startStore(t, "catalog", { search: true });
const indexes = createIndexStore(database);
await query(
  `insert into products (id, name, description, price, currency, category, on_hand, created_at, updated_at, deleted_at)
   select gen_random_uuid(), 'Tea', '', 1, 'EUR', 'tea', 1, now(), now(), case when n > 1200 then now() end
   from generate_series(1, 1210) n`,
);
type Watched = ReturnType<typeof watchedIndex>;
let last: Watched | undefined;
/** The engine without any index. */
const fresh = async () => {
  await query("truncate search_indexes");
  await last?.engine.clear();
  last = watchedIndex(sidecar);
  return last;
};

const replica = ({ index, engine }: Watched) => {
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
    eventually("one index left", async () => {
      const alias = await engine.alias();
      return (await engine.names()).join() === alias && alias;
    });
  return { builder, rebuild, stateOf, settled, keep: () => keepIndexes(deps, builder, soon()) };
};
const started = async () => {
  const made = await fresh();
  const one = replica(made);
  await one.keep();
  const live = await one.settled();
  await eventually("live", async () => (await one.stateOf(live)) === "live");
  return { ...made, ...one, live };
};

t.test("the first index is built once, and has every product that is not deleted", async (t) => {
  const { engine, keep, live, settled } = await started();
  t.equal(await engine.count(live), 1_200);
  await keep();
  t.equal(await settled(), live);
  t.match(await indexes.survey(soon()), { live, building: null, retired: [] });
});

t.test("replicas that start together build one index", async (t) => {
  const made = await fresh();
  const replicas = Array.from({ length: 6 }, () => replica(made));
  await Promise.all(replicas.map((one) => one.keep()));
  await replicas[0]?.settled();
  t.equal((await query("select from search_indexes")).length, 1);
});

t.test("a reindex returns at once, reports its progress, and replaces the old index", async (t) => {
  const { seen, engine, builder, live, settled } = await started();
  const gate = Promise.withResolvers<void>();
  seen.before = async (step) => {
    if (step === "write") await gate.promise;
  };
  const name = await builder.begin(soon());
  await eventually("announced", async () => (await indexes.current([], soon())).indexes.length === 2);
  t.same(await indexes.progress(name, soon()), { state: "building", indexed: 0 });
  t.equal(await engine.alias(), live, "searches still use the old index");
  gate.resolve();
  t.equal(await settled(), name);
  t.same(await indexes.progress(name, soon()), { state: "live", indexed: 1_210 });
  const waited = seen.writes.slice(-3).map(({ refresh }) => refresh);
  t.same(waited, [false, false, true], "searches wait only for the end");
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
    const { seen, rebuild, live, settled, stateOf } = await started();
    seen.failAt = failing;
    t.equal(await stateOf(await rebuild()), "gone");
    t.equal(await settled(), live);
    seen.failAt = undefined;
    const next = await rebuild();
    await eventually("the next is live", async () => (await settled()) === next);
  });
}

t.test("an index that could not be deleted is deleted by a later sweep", async (t) => {
  const { seen, engine, rebuild, live, keep, settled } = await started();
  seen.failAt = "delete";
  const next = await rebuild();
  t.ok((await engine.names()).includes(live));
  seen.failAt = undefined;
  await keep();
  t.equal(await settled(), next);
  t.match(await indexes.survey(soon()), { retired: [] });
});

t.test("stopping gives up the build in progress, and cleans up", async (t) => {
  const { seen, engine, builder, live } = await started();
  const writing = Promise.withResolvers<void>();
  seen.before = async (step, signal) => {
    if (step !== "write") return;
    writing.resolve();
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  };
  await builder.begin(soon());
  await writing.promise;
  await builder.stop();
  t.same(await engine.names(), [live]);
  t.equal(await engine.alias(), live);
  t.match(await indexes.survey(soon()), { live, building: null, retired: [] });
});

t.test("a build whose process was killed is cleaned up by others, even when searches used it already", async (t) => {
  for (const alias of ["live", "dead"]) {
    const { engine, keep, live } = await started();
    await engine.create("products-dead");
    if (alias === "dead") await engine.pointAlias("products-dead", soon());
    await indexes.startBuilding("products-dead", soon());
    await keep();
    t.ok((await engine.names()).includes("products-dead"), "it may only be slow");
    await query("update search_indexes set beat_at = now() - interval '31 seconds' where state = 'building'");
    await keep();
    t.same(await engine.names(), [live]);
    t.equal(await engine.alias(), live);
  }
});

t.test("a catalog that was killed while it built its first index recovers by itself", async (t) => {
  const made = await fresh();
  await indexes.startBuilding("products-dead", soon());
  const { keep, settled } = replica(made);
  await keep();
  t.same(await made.engine.names(), []);
  await query("update search_indexes set beat_at = now() - interval '31 seconds'");
  await keep();
  t.equal(await made.engine.count(await settled()), 1_200);
});

t.test("an alias that points elsewhere, or nowhere, is moved back to the live index", async (t) => {
  const { engine, keep, live } = await started();
  await engine.create("products-old");
  await engine.pointAlias("products-old", soon());
  await keep();
  t.equal(await engine.alias(), live);
  await engine.pointAlias("products-old", soon());
  await engine.deleteIndex("products-old", soon());
  t.equal(await engine.alias(), null);
  await keep();
  t.equal(await engine.alias(), live);
});

t.test("an engine that lost the live index gets a new one", async (t) => {
  const { engine, keep, live, settled } = await started();
  await engine.deleteIndex(live, soon());
  await keep();
  const next = await settled();
  t.not(next, live);
  t.equal(await engine.count(next), 1_200);
});

t.test("a build that was given up as too slow does not become live", async (t) => {
  const { seen, rebuild, live, settled, stateOf } = await started();
  seen.before = async (step) => {
    if (step === "write") await query("update search_indexes set state = 'retired' where state = 'building'");
  };
  t.equal(await stateOf(await rebuild()), "gone");
  t.equal(await settled(), live);
});
