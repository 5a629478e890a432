import { join } from "node:path";
import { LeaseBatches, sqlFile, startLeaseQueue } from "@sidecart/platform/database";
import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import t from "tap";
import { z } from "zod";
import { eventually } from "../../../tests/support/eventually.ts";
import { watchedIndex } from "../../../tests/support/search-index.ts";
import { startStore } from "../../../tests/support/store.ts";
import { createIndexQueueStore } from "./index-queue-store.ts";
import { createIndexStore } from "./index-store.ts";
import { type IndexerDeps, indexing } from "./indexer.ts";

t.setTimeout(90_000);
const soon = () => background(20_000);
const mostBatches = 100;

const { database, query, log, sidecar } = await startStore(t, "catalog", { search: true });
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
const live = "products-1";
let last: ReturnType<typeof watchedIndex> | undefined;
/** The engine with one live index, which is empty. */
const started = async () => {
  await query("truncate search_indexes, index_queue");
  await last?.engine.clear();
  const watched = watchedIndex(sidecar);
  last = watched;
  await watched.engine.create(live);
  await indexes.startBuilding(live, soon());
  await indexes.makeLive(live, soon());
  const { index, seen, engine } = watched;
  return {
    deps: { indexes, index, queue },
    seen,
    versionOf: (id: string) => engine.versionOf(live, id),
    count: () => engine.count(live),
  };
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
  const { deps, seen, versionOf } = await started();
  const [one, two] = [await product(), await product()];
  await Promise.all(Array.from({ length: 20 }, () => note([one])));
  await note([two, one, two]);
  t.same(await waiting(), [one, two].sort());
  await query("update products set version = 7 where id = $1", [one]);
  await drain(deps);
  t.same([await versionOf(one), await versionOf(two)], [7, 1]);
  t.equal(seen.writes.length, 1, "in one call");
  t.same(await waiting(), []);
});

t.test("a product that changes while it is being written stays queued, and is written again at once", async (t) => {
  const { deps, seen, versionOf } = await started();
  const [id, other] = [await product(), await product()];
  await note([id, other]);
  seen.before = async () => {
    seen.before = async () => {};
    await query("update products set version = 2 where id = $1", [id]);
    await note([id]);
  };
  const batches = batchesOf(deps);
  await batches.next();
  t.equal(await versionOf(id), 1);
  await batches.next();
  t.equal(await versionOf(id), 2, "claimed while the first batch was settled");
  t.same(await waiting(), [id]);
  await batches.settle();
  t.same(await waiting(), []);
});

t.test("while search is unreachable everything stays queued, and the queue stays bounded", async (t) => {
  const { deps, seen, versionOf } = await started();
  seen.failAt = "write";
  const ids = [await product(), await product()].sort();
  for (let round = 0; round < 10; round += 1) {
    await note(ids);
    await indexOnce(deps);
  }
  t.same(await waiting(), ids);
  t.equal(seen.writes.length, 10);
  t.equal(await indexOnce(deps), "none", "and there is a pause before the next attempt");
  t.equal(seen.writes.length, 10);
  seen.failAt = undefined;
  await note(ids);
  await drain(deps);
  for (const id of ids) t.equal(await versionOf(id), 1);
  t.same(await waiting(), []);
});

t.test("one product that the engine refuses does not delay the others", async (t) => {
  const { deps, versionOf } = await started();
  const [bad, good] = [await product(), await product()];
  await query("update products set name = '' where id = $1", [bad]);
  await note([bad, good]);
  await drain(deps);
  t.same([await versionOf(bad), await versionOf(good)], [undefined, 1]);
  t.same(await waiting(), [bad]);
});

t.test("more products than a batch, and more bytes than a call, are all indexed", async (t) => {
  const { deps, seen, count } = await started();
  const rows = await query<{ id: string }>(
    `insert into products (id, name, description, price, currency, category, on_hand, created_at, updated_at)
     select gen_random_uuid(), 'Tea', repeat('豆', 1500), 1, 'EUR', 'tea', 9, now(), now()
     from generate_series(1, 700) returning id`,
  );
  await note(rows.map(({ id }) => id));
  await drain(deps);
  t.equal(await count(), 700);
  t.ok(seen.writes.length >= 6, `${seen.writes.length} calls`);
  t.same(await waiting(), []);
});

t.test("replicas share the work, and a replica that dies loses nothing", async (t) => {
  const ids = await Promise.all(Array.from({ length: 30 }, product));
  const { deps, seen, count } = await started();
  await note(ids);
  const claims = await Promise.all([1, 2, 3].map(() => queue.next({ done: [], again: [] }, 10, soon())));
  t.equal(new Set(claims.flat().map(({ id }) => id)).size, 30, "none twice");
  await indexOnce(deps);
  t.equal(seen.writes.length, 0, "all are claimed");
  await query("update index_queue set claimed_until = now() - interval '1 second'");
  await drain(deps);
  t.equal(await count(), 30);
});

t.test("settling too late does not remove a product that was queued again", async (t) => {
  const { deps } = await started();
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
  const { deps, seen, versionOf } = await started();
  const said: string[] = [];
  const say = (_: unknown, text?: string) => said.push(text ?? String(_));
  seen.failAt = "write";
  const id = await product();
  await note([id]);
  const talking = { ...log, warn: say, info: say } as unknown as typeof log;
  const indexer = startLeaseQueue(indexing(deps, talking, { sweepMs: 3_600_000, pauseMs: 5 }));
  t.teardown(() => indexer.stop());
  await eventually("several attempts", async () => {
    await note([id]);
    indexer.kick();
    return seen.writes.length >= 3;
  });
  t.same(said, ["search: indexing fails; it is retried"]);
  seen.failAt = undefined;
  await note([id]);
  indexer.kick();
  await eventually("indexed", async () => (await waiting()).length === 0);
  t.match(said, ["search: indexing fails; it is retried", "search: products are indexed again"]);
  const next = await product();
  await note([next]);
  indexer.kick();
  await eventually("the kick to be noticed", async () => (await versionOf(next)) === 1);
});
