import { allowDownload } from "@sidecart/local/servers/java/patience";
import { serve } from "@sidecart/pluggable/testing";
import { conformance } from "@sidecart/search/conformance/suite";
import t from "tap";
import { elasticsearch } from "../src/binding.ts";
import { startNode } from "./node.ts";

allowDownload(t);

t.test("Elasticsearch passes the conformance suite of the search contract", async (t) => {
  const node = await startNode(t);
  const { client } = await serve(t, elasticsearch);
  await client.init({ url: node.url, replicas: "0", refreshIntervalMs: "50" });
  conformance(t, () => client);
});
