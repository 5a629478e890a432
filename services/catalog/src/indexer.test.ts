import { join } from "node:path";
import { LeaseBatches, sqlFile, startLeaseQueue } from "@sidecart/platform/database";
import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import t from "tap";
import { z } from "zod";
import { eventually } from "../../../tests/support/eventually.ts";
import { startStore } from "../../../tests/support/store.ts";
import { createIndexQueueStore } from "./index-queue-store.ts";
import { createIndexStore } from "./index-store.ts";
import { type IndexerDeps, indexing } from "./indexer.ts";
import type { IndexOperation, SearchIndex } from "./search-index.ts";

t.setTimeout(90_000);
const soon = () => background(20_000);
const mostBatches = 100;

const { database, query, log } = await startStore(t, "catalog");
const queue = createIndexQueueStore(database);
const noteForIndex = sqlFile(join(import.meta.dirname, "indexer.test.sql"))("test.note", z.unknown());
const note = (ids: string[]) => database.one(noteForIndex, { ids }, soon());
const indexes = createIndexStore(database);
const waiting = async () =>
  (await query<{ id: string }>("select product_id as id from index_queue order by 1")).map(({ id }) => id);
const product = async () => {
  const id = newId();
  await query(
    `insert into products (id, name, description, price, currency, category, on_hand, created_at, updated_at)
     values ($1, 'Tea', '', 1, 'EUR', 'tea', 9, now(), now())`,
    [id],
  );
  return id;
};
/** An engine with one live index, and the operations that it received, by id. */
const engine = async () => {
  await query("truncate search_indexes, index_queue");
  await indexes.startBuilding("products-1", soon());
  await indexes.makeLive("products-1", soon());
  const versions = new Map<string, number>();
  const state = { away: false, refuses: new Set<string>(), during: async () => {}, versions, calls: 0 };
  const index = {
    async write(_: string, operations: IndexOperation[]) {
      state.calls += 1;
      if (state.away) throw new Error("search is away");
      await state.during();
      for (const { id, version } of operations) if (!state.refuses.has(id)) versions.set(id, version);
      return new Map(operations.flatMap(({ id }) => (state.refuses.has(id) ? [[id, "refused"] as const] : [])));
    },
  } as unknown as SearchIndex;
  return { state, deps: { indexes, index, queue } };
};
const batchesOf = (deps: IndexerDeps) => new LeaseBatches(indexing(deps, log), new AbortController().signal);
/** Runs one batch and settles it. */
const indexOnce = async (deps: IndexerDeps) => {
  const batches = batchesOf(deps);
  const found = await batches.next();
  await batches.settle();
  return found;
};
const drain = async (deps: IndexerDeps) => {
  const batches = batchesOf(deps);
  for (let batch = 0; batch < mostBatches; batch += 1) {
    if ((await batches.next()) === "none") return;
  }
  throw new Error(`there is something left after ${mostBatches} batches`);
};

t.test("a product is queued once for any number of changes, and indexed in its current state", async (t) => {
  const { state, deps } = await engine();
  const [one, two] = [await product(), await product()];
  await Promise.all(Array.from({ length: 20 }, () => note([one])));
  await note([two, one, two]);
  t.same(await waiting(), [one, two].sort());
  await query("update products set version = 7 where id = $1", [one]);
  await drain(deps);
  t.same(Object.fromEntries(state.versions), { [one]: 7, [two]: 1 });
  t.equal(state.calls, 1, "in one call");
  t.same(await waiting(), []);
});

t.test("a product that changes while it is being written stays queued, and is written again at once", async (t) => {
  const { state, deps } = await engine();
  const [id, other] = [await product(), await product()];
  await note([id, other]);
  state.during = async () => {
    state.during = async () => {};
    await query("update products set version = 2 where id = $1", [id]);
    await note([id]);
  };
  const batches = batchesOf(deps);
  await batches.next();
  t.equal(state.versions.get(id), 1);
  await batches.next();
  t.equal(state.versions.get(id), 2, "claimed while the first batch was settled");
  t.same(await waiting(), [id]);
  await batches.settle();
  t.same(await waiting(), []);
});

t.test("while search is unreachable everything stays queued, and the queue stays bounded", async (t) => {
  const { state, deps } = await engine();
  state.away = true;
  const ids = [await product(), await product()].sort();
  for (let round = 0; round < 10; round += 1) {
    await note(ids);
    await indexOnce(deps);
  }
  t.same(await waiting(), ids);
  t.equal(state.calls, 10);
  t.equal(await indexOnce(deps), "none", "and there is a pause before the next attempt");
  t.equal(state.calls, 10);
  state.away = false;
  await note(ids);
  await drain(deps);
  t.same([...state.versions.keys()].sort(), ids);
  t.same(await waiting(), []);
});

t.test("one product that the engine refuses does not delay the others", async (t) => {
  const { state, deps } = await engine();
  const [bad, good] = [await product(), await product()];
  state.refuses.add(bad);
  await note([bad, good]);
  await drain(deps);
  t.same([...state.versions.keys()], [good]);
  t.same(await waiting(), [bad]);
});

t.test("more products than a batch, and more bytes than a call, are all indexed", async (t) => {
  const { state, deps } = await engine();
  const rows = await query<{ id: string }>(
    `insert into products (id, name, description, price, currency, category, on_hand, created_at, updated_at)
     select gen_random_uuid(), 'Tea', repeat('豆', 1500), 1, 'EUR', 'tea', 9, now(), now()
     from generate_series(1, 700) returning id`,
  );
  await note(rows.map(({ id }) => id));
  await drain(deps);
  t.equal(state.versions.size, 700);
  t.ok(state.calls >= 6, `${state.calls} calls`);
  t.same(await waiting(), []);
});

t.test("replicas share the work, and a replica that dies loses nothing", async (t) => {
  const ids = await Promise.all(Array.from({ length: 30 }, product));
  const { state, deps } = await engine();
  await note(ids);
  const claims = await Promise.all([1, 2, 3].map(() => queue.next({ done: [], again: [] }, 10, soon())));
  t.equal(new Set(claims.flat().map(({ id }) => id)).size, 30, "none twice");
  await indexOnce(deps);
  t.equal(state.calls, 0, "all are claimed");
  await query("update index_queue set claimed_until = now() - interval '1 second'");
  await drain(deps);
  t.equal(state.versions.size, 30);
});

t.test("settling too late does not remove a product that was queued again", async (t) => {
  const { deps } = await engine();
  const id = await product();
  await note([id]);
  const slow = await queue.next({ done: [], again: [] }, 10, soon());
  await query("update index_queue set claimed_until = now() - interval '1 second'");
  await drain(deps);
  await note([id]);
  t.match(await queue.next({ done: slow, again: [] }, 10, soon()), [{ id }], "it is still queued, for the next batch");
  t.same(await waiting(), [id]);
});

t.test("an indexer logs once that search is unreachable, continues when it is back, and wakes on a kick", async (t) => {
  const { state, deps } = await engine();
  const said: string[] = [];
  const say = (_: unknown, text?: string) => said.push(text ?? String(_));
  state.away = true;
  const id = await product();
  await note([id]);
  const talking = { ...log, warn: say, info: say } as unknown as typeof log;
  const indexer = startLeaseQueue(indexing(deps, talking, { sweepMs: 3_600_000, pauseMs: 5 }));
  t.teardown(() => indexer.stop());
  await eventually("several attempts", async () => {
    await note([id]);
    indexer.kick();
    return state.calls >= 3;
  });
  t.same(said, ["search: indexing fails; it is retried"]);
  state.away = false;
  await note([id]);
  indexer.kick();
  await eventually("indexed", async () => (await waiting()).length === 0);
  t.match(said, ["search: indexing fails; it is retried", "search: products are indexed again"]);
  const next = await product();
  await note([next]);
  indexer.kick();
  await eventually("the kick to be noticed", async () => state.versions.has(next));
});
