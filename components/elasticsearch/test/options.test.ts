import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { status } from "@grpc/grpc-js";
import { serve } from "@sidecart/pluggable/testing";
import t from "tap";
import { elasticsearch } from "../src/binding.ts";

const url = "http://127.0.0.1:9200";

t.test("Init rejects an invalid option and names it", async (t) => {
  const { client } = await serve(t, elasticsearch);
  const wrong: [options: Record<string, string>, key: string][] = [
    [{}, "url"],
    [{ url: "" }, "url"],
    [{ url: "localhost:9200" }, "url"],
    [{ url: "file:///etc/passwd" }, "url"],
    [{ url: `${url},,${url}` }, "url"],
    [{ url, username: "only" }, "password"],
    [{ url, username: "u", password: "p", apiKey: "k" }, "apiKey"],
    [{ url, indexPrefix: "Upper" }, "indexPrefix"],
    [{ url, requestTimeoutMs: "soon" }, "requestTimeoutMs"],
    [{ url, requestTimeoutMs: "1" }, "requestTimeoutMs"],
    [{ url, shards: "0" }, "shards"],
    [{ url, replicas: "-1" }, "replicas"],
    [{ url, caPath: "/no/such/ca.pem" }, "caPath"],
    [{ url, user: "u" }, "user"],
  ];
  for (const [options, key] of wrong) {
    const details = new RegExp(`^component search: option ${key}: `, "m");
    await t.rejects(client.init(options), { code: status.INVALID_ARGUMENT, details }, JSON.stringify(options));
  }
});

t.test("the component sends its credentials, and the caller learns when the cluster rejects them", async (t) => {
  const seen: IncomingHttpHeaders[] = [];
  const cluster = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(401, { "content-type": "application/json", "x-elastic-product": "Elasticsearch" });
    response.end("{}");
  }).listen(0, "127.0.0.1");
  await once(cluster, "listening");
  t.teardown(() => cluster.close());
  const { port } = cluster.address() as { port: number };
  const { client } = await serve(t, elasticsearch);
  const credentials: [options: Record<string, string>, authorization: string | undefined][] = [
    [{ username: "elastic", password: "secret" }, `Basic ${Buffer.from("elastic:secret").toString("base64")}`],
    [{ apiKey: "key" }, "ApiKey key"],
    [{ username: "", password: "" }, undefined],
  ];
  for (const [options, authorization] of credentials) {
    await client.init({ url: `http://127.0.0.1:${port}`, ...options });
    await t.rejects(client.invoke("count", { index: "products" }), {
      code: status.FAILED_PRECONDITION,
      details: /credentials/,
    });
    t.equal(seen.at(-1)?.authorization, authorization);
  }
});
