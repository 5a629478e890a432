import { background } from "@sidecart/platform/call";
import { newId } from "@sidecart/platform/ids";
import t from "tap";
import { startStore } from "../../../tests/support/store.ts";
import { createIndexStore } from "./index-store.ts";
import { ensureIndex, reindex } from "./reindex.ts";
import type { IndexOperation, SearchIndex } from "./search-index.ts";

const soon = () => background(20_000);

/** What a search engine holds, as far as a reindex can see; `failAt` breaks one of its operations. */
function engine() {
  const held = new Map<string, Set<string>>();
  const state = { alias: "", failAt: "", held };
  const step = (name: string) => {
    if (state.failAt === name) throw new Error(`${name} failed`);
  };
  const index = {
    async createIndex(name: string) {
      step("create");
      held.set(name, new Set());
    },
    async deleteIndex(name: string) {
      step("delete");
      held.delete(name);
    },
    async pointAlias(name: string) {
      step("alias");
      state.alias = name;
    },
    async write(name: string, operations: IndexOperation[]) {
      step("write");
      const documents = held.get(name);
      if (!documents) throw new Error(`no index ${name}`);
      for (const { op, id } of operations) op === "index" ? documents.add(id) : documents.delete(id);
    },
  } as unknown as SearchIndex;
  return { state, index };
}

t.test("reindexing", async (t) => {
  const { database, query } = await startStore(t, "catalog");
  const indexes = createIndexStore(database);
  await query(
    `insert into products (id, name, description, price, currency, category, on_hand, created_at, updated_at, deleted_at)
     select gen_random_uuid(), 'Tea', '', 1, 'EUR', 'tea', 1, now(), now(), case when n > 1200 then now() end
     from generate_series(1, 1210) n`,
  );
  t.beforeEach(() => query("truncate search_indexes"));

  t.test("the first index is made once, and holds every product that is not deleted", async (t) => {
    const { state, index } = engine();
    await ensureIndex({ indexes, index }, soon());
    const first = state.alias;
    t.same([...state.held.keys()], [first]);
    t.equal(state.held.get(first)?.size, 1_200);
    t.equal(await indexes.liveIndex(soon()), first);
    await ensureIndex({ indexes, index }, soon());
    t.equal(state.alias, first);
  });

  t.test("replicas that start together make one", async (t) => {
    const { state, index } = engine();
    await Promise.all(Array.from({ length: 6 }, () => ensureIndex({ indexes, index }, soon())));
    t.same([...state.held.keys()], [state.alias]);
  });

  t.test("a new index takes the old one's place", async (t) => {
    const { state, index } = engine();
    await ensureIndex({ indexes, index }, soon());
    const before = state.alias;
    const { index: after, indexed } = await reindex({ indexes, index }, soon());
    t.equal(indexed, 1_210);
    t.not(after, before);
    t.same([...state.held.keys()], [after]);
    t.equal(state.alias, after);
    t.equal(await indexes.liveIndex(soon()), after);
  });

  t.test("a second one at the same time is refused, and harms neither", async (t) => {
    const { state, index } = engine();
    await ensureIndex({ indexes, index }, soon());
    const both = await Promise.allSettled([reindex({ indexes, index }, soon()), reindex({ indexes, index }, soon())]);
    t.same(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    t.match(
      both.find(({ status }) => status === "rejected"),
      { reason: { code: "REINDEX_RUNNING" } },
    );
    t.same([...state.held.keys()], [state.alias]);
    t.equal(await indexes.liveIndex(soon()), state.alias);
  });

  for (const failing of ["create", "write", "alias"]) {
    t.test(
      `when ${failing} fails the live index stays live, nothing is left over, and it may be repeated`,
      async (t) => {
        const { state, index } = engine();
        await ensureIndex({ indexes, index }, soon());
        const before = state.alias;
        state.failAt = failing;
        await t.rejects(reindex({ indexes, index }, soon()), new RegExp(failing));
        state.failAt = "";
        t.equal(state.alias, before);
        t.equal(await indexes.liveIndex(soon()), before);
        t.same((await indexes.current([], soon())).indexes, [before]);
        if (failing !== "alias") t.same([...state.held.keys()], [before]);
        await t.resolves(reindex({ indexes, index }, soon()));
      },
    );
  }

  t.test("a caller who runs out of time leaves the way free for the next", async (t) => {
    const { state, index } = engine();
    await ensureIndex({ indexes, index }, soon());
    const before = state.alias;
    const abort = new AbortController();
    const slow = { ...index, write: async () => abort.abort() };
    await t.rejects(reindex({ indexes, index: slow }, background(20_000, abort.signal)), { code: "CANCELLED" });
    t.same([...state.held.keys()], [before]);
    await t.resolves(reindex({ indexes, index }, soon()));
  });

  t.test("a build that another one has overtaken does not become live", async (t) => {
    const { state, index } = engine();
    await ensureIndex({ indexes, index }, soon());
    const before = state.alias;
    const overtaken = {
      ...index,
      async write() {
        await query("delete from search_indexes where state = 'building'");
      },
    };
    await t.rejects(reindex({ indexes, index: overtaken }, soon()), /another build/);
    t.equal(state.alias, before, "searches go where changes go");
    t.equal(await indexes.liveIndex(soon()), before);
    t.same([...state.held.keys()], [before]);
  });

  t.test("an index is there before it is announced", async (t) => {
    const { index } = engine();
    const seen: string[] = [];
    const watched = {
      ...index,
      async createIndex(name: string, context: ReturnType<typeof soon>) {
        seen.push(...(await indexes.current([newId()], soon())).indexes);
        return index.createIndex(name, context);
      },
    };
    await reindex({ indexes, index: watched }, soon());
    t.same(seen, []);
  });
});
