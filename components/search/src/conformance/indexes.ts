import { status } from "@grpc/grpc-js";
import type { Test } from "tap";
import { operations } from "../requests.ts";
import { assertRejected, type Context, count, fill, get, product, search, upsert } from "./context.ts";

export async function indexTests(t: Test, context: Context): Promise<void> {
  const { client, newIndex, newName } = context;

  t.test("the component lists the operations of the contract and rejects others", async (t) => {
    t.same(await client.listOperations(), operations);
    await t.rejects(client.invoke("drop-everything", {}), { code: status.UNIMPLEMENTED });
    await client.ping();
  });

  t.test("creating an index again changes nothing", async (t) => {
    const index = newName();
    t.same(await client.invoke("create-index", { index, schema: { document: "product" } }), { created: true });
    await fill(context, index, [product({ id: "a" })]);
    t.same(await client.invoke("create-index", { index }), { created: false });
    t.equal(await count(client, index), 1);
  });

  t.test("a deleted index is gone, and deleting it again changes nothing", async (t) => {
    const index = await newIndex();
    await fill(context, index, [product({ id: "a" })]);
    t.same(await client.invoke("delete-index", { index }), { deleted: true });
    t.same(await client.invoke("delete-index", { index }), { deleted: false });
    await client.invoke("create-index", { index });
    t.equal(await count(client, index), 0);
  });

  t.test("an index that does not exist is NOT_FOUND, and a write does not create it", async (t) => {
    const index = newName();
    const document = product({ id: "a" });
    const calls: Record<string, object> = {
      index: { id: "a", version: 1, document },
      delete: { id: "a", version: 1 },
      bulk: { operations: [upsert(document)] },
      get: { id: "a" },
      count: {},
      search: { query: "", sort: "name", first: 1 },
      suggest: { prefix: "a", first: 1 },
      alias: { alias: newName() },
    };
    for (const [operation, fields] of Object.entries(calls)) {
      await assertRejected(t, client.invoke(operation, { index, ...fields }), status.NOT_FOUND, "index", operation);
    }
    t.same(await client.invoke("create-index", { index }), { created: true });
  });
}

export async function aliasTests(t: Test, context: Context): Promise<void> {
  const { client, newIndex, newName } = context;

  t.test("reads and writes through an alias use the index it points at", async (t) => {
    const index = await newIndex();
    const alias = newName();
    t.same(await client.invoke("resolve-alias", { alias }), { index: null });
    await client.invoke("alias", { alias, index });
    t.same(await client.invoke("resolve-alias", { alias }), { index });
    await fill(context, alias, [product({ id: "a", name: "Kettle" })]);
    t.equal((await get(client, index, "a"))?.document.name, "Kettle");
    t.equal((await get(client, alias, "a"))?.document.name, "Kettle");
    t.equal(await count(client, alias), 1);
    t.same((await search(client, alias, { query: "kettle" })).ids, ["a"]);
    t.same(await client.invoke("suggest", { index: alias, prefix: "ket", first: 5 }), { suggestions: ["Kettle"] });
  });

  t.test("an alias moves to another index atomically", async (t) => {
    const [before, after, alias] = [await newIndex(), await newIndex(), newName()];
    await fill(context, before, [product({ id: "old" })]);
    await fill(context, after, [product({ id: "new" })]);
    await client.invoke("alias", { alias, index: before });
    const seen = await idsSeenWhile(context, alias, async () => {
      for (const index of [after, before, after, before, after]) await client.invoke("alias", { alias, index });
    });
    for (const ids of seen) t.match(ids, /^(old|new)$/, "never both, never none");
    t.same(await client.invoke("resolve-alias", { alias }), { index: after });
    await client.invoke("delete-index", { index: before });
    t.same((await search(client, alias)).ids, ["new"]);
  });

  t.test("deleting an index deletes its aliases, and an index and an alias cannot share a name", async (t) => {
    const [index, other, alias] = [await newIndex(), await newIndex(), newName()];
    await client.invoke("alias", { alias, index });
    for (const operation of ["create-index", "delete-index"])
      await assertRejected(
        t,
        client.invoke(operation, { index: alias }),
        status.FAILED_PRECONDITION,
        "index",
        operation,
      );
    await assertRejected(t, client.invoke("alias", { alias: other, index }), status.FAILED_PRECONDITION, "alias");
    await client.invoke("delete-index", { index });
    t.same(await client.invoke("resolve-alias", { alias }), { index: null });
    t.same(await client.invoke("create-index", { index: alias }), { created: true });
  });
}

/** What two readers find at a name, again and again, while something is done. */
async function idsSeenWhile({ client }: Context, index: string, work: () => Promise<void>): Promise<Set<string>> {
  let working = true;
  const seen = new Set<string>();
  const reader = async () => {
    while (working) seen.add((await search(client, index)).ids.join());
  };
  const readers = [reader(), reader()];
  await work();
  working = false;
  await Promise.all(readers);
  return seen;
}
