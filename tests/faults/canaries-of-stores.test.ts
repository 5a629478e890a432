import { join } from "node:path";
import { startElasticsearch } from "@sidecart/local/servers/elasticsearch/start";
import { startS3 } from "@sidecart/local/servers/s3/start";
import { freePort } from "@sidecart/local/testing/free-port";
import { media } from "@sidecart/platform/media";
import { background } from "@sidecart/platform/rpc";
import t, { type Test } from "tap";
import { basicAuthProxy } from "../support/basic-auth-proxy.ts";
import { canariesOf, leaksIn, logsOf, untilLogged } from "../support/canaries.ts";
import { startCollector } from "../support/collector.ts";
import { behindSidecar } from "../support/direct.ts";
import { eventually } from "../support/eventually.ts";
import { scopedResources } from "../support/scoped-component.ts";
import { openShop } from "../support/shop.ts";

// Includes a download.
const timeoutMs = 600_000;
t.setTimeout(timeoutMs);
t.comment(`timeout=${timeoutMs}`);

const password = "canary of Elasticsearch";
const note = (line: string) => t.comment(line);
const node = await startElasticsearch({ dataDir: t.testdir(), httpPort: await freePort(), log: note });
t.teardown(() => node.stop());
const proxy = await basicAuthProxy(t, Number(new URL(node.url).port), password);
process.env.ELASTICSEARCH_URL = `http://${proxy.user}:${encodeURIComponent(password)}@127.0.0.1:${proxy.port}`;
const { url, spans } = await startCollector(t);
const exporting = { OTEL_EXPORTER_OTLP_ENDPOINT: url };
const { system, customer } = await openShop(t, {
  search: "elasticsearch",
  media: "s3",
  logLevel: "debug",
  resourcesRoot: await scopedResources(t, "media/s3", ["accounts"]),
  env: { catalog: exporting, gateway: exporting },
});
const pictures = media(behindSidecar(t, system, "accounts").sidecar, "accounts");
const outputs: string[] = [];
const search = () => customer.ask<{ searchProducts: object }>('{ searchProducts(query: "thing") { totalCount } }');
const searching = async () => outputs.push(JSON.stringify(await search()));
const inLogs = (pattern: RegExp) => untilLogged(system, pattern, searching);

async function noneLeaks(t: Test): Promise<void> {
  const metrics = await (await fetch(`${system.gatewayUrl}/metrics`)).text();
  const all = [
    ...(await logsOf(system)),
    { name: "spans", text: JSON.stringify(spans) },
    { name: "metrics", text: metrics },
    { name: "responses", text: outputs.join("\n") },
  ];
  const basic = Buffer.from(`${proxy.user}:${password}`).toString("base64");
  const known = await canariesOf(system, [password, basic, customer.token]);
  t.ok(known.includes(system.secrets.media?.secretKey ?? "none"), "the key of S3 is a canary");
  t.same(leaksIn(all, known), []);
}

t.test("no credential of Elasticsearch is in any output when it refuses them", async (t) => {
  await eventually("a search to succeed", async () => (await search()).data?.searchProducts, 60_000);
  proxy.password = "another password";
  await inLogs(/Elasticsearch rejects the component's credentials/);
  await noneLeaks(t);
});

t.test("no credential of S3 is in any output when it refuses them", async (t) => {
  await pictures.put("a.png", new Uint8Array([1]), background(10_000));
  const { endpoint = "", accessKey = "" } = system.secrets.media ?? {};
  await system.kill("s3", "SIGTERM");
  const place = { dataDir: join(system.instanceDir, "s3"), port: Number(new URL(endpoint).port) };
  const other = await startS3({ ...place, accessKey, secretKey: "another key of the server", log: note });
  t.teardown(() => other.stop());
  const soon = () => background(10_000);
  for (const call of [() => pictures.put("b.png", new Uint8Array([1]), soon()), () => pictures.get("a.png", soon())]) {
    const error = await call().then(
      () => t.fail("it is not refused"),
      (reason: Error) => reason,
    );
    outputs.push(error instanceof Error ? `${error.stack} ${error.cause}` : "");
  }
  t.match(outputs.join("\n"), /SignatureDoesNotMatch/);
  await noneLeaks(t);
});
