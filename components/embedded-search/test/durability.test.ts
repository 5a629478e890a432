import { once } from "node:events";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { type BindingClient, connectBinding } from "@sidecart/pluggable/client";
import { serve, temporaryFolder } from "@sidecart/pluggable/testing";
import { bulk, count, get, product, search, upsert } from "@sidecart/search/conformance/context";
import t from "tap";
import { embeddedSearch } from "../src/binding.ts";
import { startProcess } from "./process.ts";

t.test("an acknowledged write survives kill -9", async (t) => {
  const folder = await temporaryFolder(t);
  const first = await startProcess(t, folder);
  await first.client.init({ path: "search.db" });
  await writeShop(first.client);
  first.child.kill("SIGKILL");
  await once(first.child, "exit");
  t.ok(existsSync(join(folder, "embedded-search.sock")), "the socket is left behind");

  const second = await startProcess(t, folder);
  await second.client.init({ path: "search.db" });
  t.match(await get(second.client, "products-1", "kettle"), { version: 3, document: { name: "Kettle" } });
  t.equal(await count(second.client, "products"), 500);
  t.same((await search(second.client, "products", { query: "ketle" })).ids, ["kettle"]);
  t.same(await second.client.invoke("resolve-alias", { alias: "products" }), { index: "products-1" });
  const outcomes = await bulk(second.client, "products", [
    upsert(product({ id: "gone" }), 4),
    upsert(product({ id: "kettle" }), 3),
  ]);
  t.match(outcomes, [{ status: "stale" }, { status: "stale" }], "versions and tombstones are remembered");
  t.same(await second.client.invoke("create-index", { index: "products-1" }), { created: false });

  second.child.kill("SIGTERM");
  t.same(await once(second.child, "exit"), [0, null]);
  t.notOk(existsSync(join(folder, "embedded-search.sock")), "a graceful stop removes the socket");
});

t.test("a second process cannot open the file", async (t) => {
  const folder = await temporaryFolder(t);
  const owner = await startProcess(t, folder);
  await owner.client.init({ path: "search.db" });
  const { client } = await serve(t, embeddedSearch);
  const path = join(folder, "search.db");
  await t.rejects(client.init({ path }), {
    code: status.INVALID_ARGUMENT,
    details: "component search: option path: is in use by another process",
  });
  owner.child.kill("SIGTERM");
  await once(owner.child, "exit");
  await client.init({ path });
  await client.ping();
});

t.test("two components of one process share the file", async (t) => {
  const { client, socketPath } = await serve(t, embeddedSearch);
  const second = connectBinding(socketPath, "second");
  t.teardown(() => second.close());
  const path = join(t.testdir(), "search.db");
  await Promise.all([client.init({ path }), second.init({ path })]);
  await client.invoke("create-index", { index: "shared" });
  await bulk(second, "shared", [upsert(product({ id: "a" }))]);
  t.same((await search(client, "shared")).ids, ["a"]);
  await second.init({ path: ":memory:" });
  t.equal(await count(client, "shared"), 1, "closing one component leaves the file open for the other");
  await t.rejects(count(second, "shared"), { code: status.NOT_FOUND });
});

t.test("Init rejects invalid options", async (t) => {
  const { client } = await serve(t, embeddedSearch);
  const folder = t.testdir();
  const text = join(folder, "notes.txt");
  await writeFile(text, "not a database, and long enough not to look like an empty one".repeat(20));
  const rejection = (code: number, details: RegExp) => ({ code, details });
  await t.rejects(client.init({}), rejection(status.INVALID_ARGUMENT, /path: /));
  await t.rejects(client.init({ path: "" }), rejection(status.INVALID_ARGUMENT, /path: /));
  await t.rejects(client.init({ path: ":memory:", url: "x" }), rejection(status.INVALID_ARGUMENT, /url: /));
  for (const path of [text, folder, join(folder, "no", "such", "folder.db")]) {
    await t.rejects(client.init({ path }), rejection(status.INVALID_ARGUMENT, /path: cannot be opened/), path);
  }
  await client.init({ path: ":memory:" });
});

async function writeShop(client: BindingClient): Promise<void> {
  await client.invoke("create-index", { index: "products-1" });
  await client.invoke("alias", { alias: "products", index: "products-1" });
  const others = Array.from({ length: 499 }, (_, at) => upsert(product({ id: `p${at}` })));
  await bulk(client, "products", [upsert(product({ id: "kettle", name: "Kettle" }), 3), ...others]);
  await bulk(client, "products", [upsert(product({ id: "gone" }), 2), { op: "delete", id: "gone", version: 5 }]);
}
