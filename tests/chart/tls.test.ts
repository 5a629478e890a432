import { join } from "node:path";
import t from "tap";
import { fakeCluster } from "./fake-cluster.ts";
import { type Container, containersOf, podsOf } from "./pods.ts";
import { chart, ci, type Manifest, ofKind, release, render } from "./render.ts";

const production = join(chart, "values-production.yaml");
const secret = (name: string, texts: Record<string, string>): Manifest => {
  const data = Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString("base64")]),
  );
  return { apiVersion: "v1", kind: "Secret", type: "Opaque", metadata: { name, namespace: release.namespace }, data };
};

const url = (database: string, parameters = "") => `postgres://pg/${database}${parameters}`;
const verified = (database: string) => url(database, "?sslmode=verify-full");

const plain: [choice: string, name: string, key: string, bad: string, good: string][] = [
  ["", "orders-db", "connectionString", "host=pg sslmode=require", "host=pg sslmode=verify-full"],
  ["", "orders-db", "connectionString", "host=pg", verified("orders")],
  ["", "orders-db-owner", "url", url("orders"), verified("orders")],
  ["setUp.createDatabases=true", "postgres-admin", "url", url("postgres"), verified("postgres")],
  ["", "rate-limits", "url", "redis://redis:6379", "rediss://redis:6379"],
  ["", "rabbitmq", "connectionString", "amqp://rabbit:5672", "amqps://rabbit:5671"],
  ["", "rabbitmq", "managementUrl", "http://rabbit:15672", "https://rabbit:15671"],
  ["broker=redis", "redis", "enableTLS", "", "true"],
  ["broker=jetstream", "jetstream", "natsURL", "tls://one:4222,nats://two:4222", "tls://one:4222,tls://two:4222"],
  ["broker=kafka", "kafka", "disableTls", "true", "false"],
  ["", "search", "url", "http://search:9200", "https://search:9200"],
  ["services.catalog.media=true", "media", "endpoint", "http://s3:9000", "https://s3:9000"],
  ["services.orders.state=true", "state-db", "connectionString", url("state"), verified("state")],
];

const wide = "networkPolicy.wideEgress={jetstream,kafka,redis}";

for (const [choice, name, key, bad, good] of plain) {
  t.test(`production refuses ${name} with ${key} ${bad || "empty"}`, async (t) => {
    const said = async (value: string) =>
      (await fakeCluster(t, [secret(name, { [key]: value })])).refusal(production, [
        wide,
        "postgres.maxConnections=400",
        ...(choice ? [choice] : []),
      ]);
    const refused = await said(bad);
    t.match(refused, /tls\.required: these Secrets/);
    t.match(refused, new RegExp(`\\n {2}${name}: ${key} must (be|contain) `));
    t.notMatch(refused.replace(/must .*/g, ""), bad || "no text", "the error has no address");
    t.notMatch(await said(good), new RegExp(`\\n {2}${name}: ${key} must`));
  });
}

t.test("without tls.required, and with servers of the release's own, plaintext is allowed", async (t) => {
  const cluster = await fakeCluster(t, [secret("rate-limits", { url: "redis://redis:6379" })]);
  t.notMatch(await cluster.refusal(production, ["tls.required=false"]), "tls.required");
});

t.test("a private authority is trusted by everything that connects to servers", async (t) => {
  const manifests = await render([ci("elasticsearch")], ["tls.caSecret=private-ca"]);
  const trusting = (one: Container) => one.env?.some(({ name }) => name === "NODE_EXTRA_CA_CERTS") ?? false;
  for (const pod of podsOf(manifests)) {
    const volume = pod.spec.volumes?.find(({ name }) => name === "ca");
    if (pod.annotations["dapr.io/enabled"]) {
      t.match(pod.annotations["dapr.io/env"], "SSL_CERT_FILE=/var/run/sidecart/ca/ca.crt", pod.owner);
      t.match(pod.annotations["dapr.io/volume-mounts"], "ca:/var/run/sidecart/ca", pod.owner);
      t.equal(volume?.secret?.secretName, "private-ca", pod.owner);
    }
    for (const container of containersOf(pod)) {
      const mounted = container.volumeMounts?.some(({ name }) => name === "ca") ?? false;
      if (trusting(container)) t.ok(mounted && volume, `${pod.owner} ${container.name} has the file`);
    }
  }
  const names = podsOf(manifests).flatMap((pod) =>
    containersOf(pod)
      .filter(trusting)
      .map(({ name }) => name),
  );
  for (const name of ["gateway", "component-elasticsearch", "migrate-orders", "set-up"])
    t.ok(names.includes(name), name);
  t.notOk(names.includes("orders"), "a service connects to its sidecar only");
  t.notMatch(JSON.stringify(ofKind(await render([ci("redis")]), "Deployment")), "SSL_CERT_FILE");
});
