import { once } from "node:events";
import { createServer } from "node:net";
import { status } from "@grpc/grpc-js";
import { allowDownload } from "@sidecart/local/servers/java/patience";
import type { BindingClient } from "@sidecart/pluggable/client";
import { serve } from "@sidecart/pluggable/testing";
import { bulk, count, get, product, search, upsert } from "@sidecart/search/conformance/context";
import t from "tap";
import { elasticsearch } from "../src/binding.ts";
import { startNode } from "./node.ts";

const index = "products-1";
const unavailable = { code: status.UNAVAILABLE };

allowDownload(t);

t.test("calls succeed again after the node was killed and restarted", async (t) => {
  const node = await startNode(t);
  const { client } = await serve(t, elasticsearch);
  await client.init({ url: node.url, replicas: "0", refreshIntervalMs: "50" });
  await client.invoke("create-index", { index });
  await client.invoke("alias", { alias: "products", index });
  await bulk(client, index, [upsert(product({ id: "a", name: "Kettle" }), 2), upsert(product({ id: "gone" }))]);
  await bulk(client, index, [{ op: "delete", id: "gone", version: 5 }]);
  // Flush, so that the node has no transaction log to replay at its restart.
  t.equal((await fetch(`${node.url}/_flush?force=true`, { method: "POST" })).status, 200);

  process.kill(node.running.pid, "SIGKILL");
  await node.running.stop();
  // UNAVAILABLE at once, not DEADLINE_EXCEEDED: the node refuses connections.
  for (const call of calls(client)) {
    await t.rejects(call(), unavailable);
  }

  await node.start();
  await client.ping();
  t.match(await get(client, "products", "a"), { version: 2, document: { name: "Kettle" } });
  t.same((await search(client, "products", { query: "ketle" })).ids, ["a"]);
  const outcomes = await bulk(client, index, [upsert(product({ id: "gone" }), 4), upsert(product({ id: "b" }))]);
  t.match(outcomes, [{ status: "stale" }, { status: "indexed" }], "a tombstone survives a restart");
  t.equal(await count(client, index), 2);
});

t.test("Init succeeds without the cluster, and calls to a node that does not respond time out", async (t) => {
  const silent = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
  t.teardown(() => silent.close());
  const { port } = silent.address() as { port: number };
  const { client } = await serve(t, elasticsearch);
  await client.init({ url: `http://127.0.0.1:${port}`, requestTimeoutMs: "200" });
  await t.rejects(client.invoke("count", { index }), { code: status.DEADLINE_EXCEEDED });
  await t.rejects(client.ping(), { code: status.DEADLINE_EXCEEDED });
});

t.test("while one of two nodes is down the other one serves the calls", async (t) => {
  const node = await startNode(t);
  const { client } = await serve(t, elasticsearch);
  await client.init({ url: `http://127.0.0.1:1, ${node.url}`, replicas: "0" });
  await client.invoke("create-index", { index });
  for (let call = 0; call < 6; call += 1) t.equal(await count(client, index), 0);
});

function calls(client: BindingClient): (() => Promise<unknown>)[] {
  return [
    () => client.ping(),
    () => client.invoke("create-index", { index: "another" }),
    () => client.invoke("delete-index", { index }),
    () => client.invoke("alias", { alias: "products", index }),
    () => client.invoke("resolve-alias", { alias: "products" }),
    () => bulk(client, index, [upsert(product({ id: "b" }))]),
    () => client.invoke("index", { index, id: "b", version: 1, document: product({ id: "b" }) }),
    () => get(client, index, "a"),
    () => count(client, index),
    () => search(client, "products", { query: "kettle", facets: true }),
    () => client.invoke("suggest", { index, prefix: "ket", first: 5 }),
  ];
}
