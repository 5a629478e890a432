import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "@sidecart/pluggable/testing";
import { product, upsert } from "@sidecart/search/conformance/context";
import type { SearchPage, WriteOutcome } from "@sidecart/search/engine";
import t from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { startSidecar } from "../../../tests/support/standing-sidecar.ts";
import { startProcess } from "./process.ts";

const resources = [fileURLToPath(new URL("../../resources/search/embedded", import.meta.url))];

t.test("an app reaches the component through its sidecar", async (t) => {
  const folder = await temporaryFolder(t);
  await startProcess(t, folder);
  const sidecar = await startSidecar(t, { appId: "catalog", folder, resources });
  const index = "products-1";

  t.same(await sidecar.invoke("search", "create-index", { index }), { created: true });
  const { items } = await sidecar.invoke<{ items: WriteOutcome[] }>("search", "bulk", {
    index,
    operations: [upsert(product({ id: "a", name: "Coffee" })), upsert(product({ id: "b", name: "Tea" }))],
    refresh: true,
  });
  t.match(items, [{ status: "indexed" }, { status: "indexed" }]);
  const page = await sidecar.invoke<SearchPage>("search", "search", { index, query: "coffe", first: 10 });
  t.match(page, { ids: ["a"], total: 1, cursor: null });
  t.equal(await sidecar.invoke("search", "get", { index, id: "none" }), null);

  // daprd returns INTERNAL for every failed binding call. Only its text contains the component's status.
  await t.rejects(sidecar.invoke("search", "search", { index, first: 1_000 }), {
    message: /code = InvalidArgument desc = first: /,
  });
  await t.rejects(sidecar.invoke("search", "count", { index: "none" }), { message: /code = NotFound desc = / });
  await t.rejects(sidecar.invoke("search", "drop-everything", {}), { message: /does not support operation/ });
});

t.test("a restarted component serves the running sidecar again", async (t) => {
  const folder = await temporaryFolder(t);
  const first = await startProcess(t, folder);
  const sidecar = await startSidecar(t, { appId: "catalog", folder, resources });
  await sidecar.invoke("search", "create-index", { index: "products-1" });
  first.child.kill("SIGKILL");
  await once(first.child, "exit");
  await t.rejects(sidecar.invoke("search", "count", { index: "products-1" }), { message: /code = Unavailable/ });

  await startProcess(t, folder);
  // daprd reconnects after a short back-off, and does not repeat Init.
  const response = await eventually("the component to serve again", async () => {
    const result = await sidecar
      .invoke("search", "count", { index: "products-1" })
      .catch((error: Error) => error.message);
    return !/code = Unavailable/.test(String(result)) && result;
  });
  t.same(response, { count: 0 });
});

t.test("an app outside the component's scopes cannot call it", async (t) => {
  const folder = await temporaryFolder(t);
  await startProcess(t, folder);
  const sidecar = await startSidecar(t, { appId: "carts", folder, resources });
  await t.rejects(sidecar.invoke("search", "count", { index: "a" }), {
    message: /couldn't find output binding/,
  });
});
