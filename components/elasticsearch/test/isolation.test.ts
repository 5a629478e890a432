import { status } from "@grpc/grpc-js";
import { allowDownload } from "@sidecart/local/servers/java/patience";
import { connectBinding } from "@sidecart/pluggable/client";
import { serve } from "@sidecart/pluggable/testing";
import { bulk, count, product, search, upsert } from "@sidecart/search/conformance/context";
import t from "tap";
import { elasticsearch } from "../src/binding.ts";
import { startNode } from "./node.ts";

allowDownload(t);

t.test("components with different prefixes share a cluster without seeing each other's indexes", async (t) => {
  const node = await startNode(t);
  const { client, socketPath } = await serve(t, elasticsearch);
  const other = connectBinding(socketPath, "other");
  t.teardown(() => other.close());
  const options = { url: node.url, replicas: "0", refreshIntervalMs: "50" };
  await client.init({ ...options, indexPrefix: "one-", shards: "3" });
  await other.init({ ...options, indexPrefix: "two-" });
  for (const each of [client, other]) {
    await each.invoke("create-index", { index: "products-1" });
    await each.invoke("alias", { alias: "products", index: "products-1" });
  }
  await bulk(
    client,
    "products",
    Array.from({ length: 30 }, (_, at) => upsert(product({ id: `p${at}`, category: `c${at % 3}` }))),
  );
  t.equal(await count(client, "products"), 30);
  t.equal(await count(other, "products"), 0);
  const page = await search(client, "products", { facets: true, first: 1 });
  t.same(
    page.facets[0]?.values,
    ["c0", "c1", "c2"].map((value) => ({ value, count: 10 })),
  );

  await other.invoke("delete-index", { index: "products-1" });
  await t.rejects(count(other, "products"), { code: status.NOT_FOUND });
  t.equal(await count(client, "products"), 30);

  const settings = await fetch(`${node.url}/one-products/_settings`);
  t.match(await settings.json(), {
    "one-products-1.data": { settings: { index: { number_of_shards: "3", number_of_replicas: "0" } } },
  });
});
