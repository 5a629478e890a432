import { Admin, ConfigResourceTypes, IncrementalAlterConfigOperationTypes } from "@platformatic/kafka";
import { allowDownload } from "@sidecart/local/servers/java/patience";
import { startKafka } from "@sidecart/local/servers/kafka/start";
import { freePort } from "@sidecart/local/testing/free-port";
import t from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { setUpBroker } from "./set-up.ts";

allowDownload(t);

const placed = "orders.order-placed.v1";
const changed = "orders.orders-changed.v1";
const login = { username: "sidecart", password: "secret of a test" };

const [port, controllerPort] = [await freePort(), await freePort()];
const log = (line: string) => t.comment(line);
const server = await startKafka({ dataDir: t.testdir(), port, controllerPort, ...login, log });
t.teardown(() => server.stop());
const secret = {
  brokers: server.brokers,
  authType: "password",
  saslUsername: login.username,
  saslPassword: login.password,
  disableTls: "true",
};
const setUp = (change: object = {}, args: string[] = []) =>
  setUpBroker(t, "kafka", { kafka: { ...secret, ...change } }, args);
const admin = new Admin({
  clientId: "test",
  bootstrapBrokers: [server.brokers],
  sasl: { mechanism: "PLAIN", ...login },
});
t.teardown(() => admin.close());
/** Kafka applies a change of configuration asynchronously. */
const untilLimits = (wanted: Record<string, string>) =>
  eventually(`limits ${JSON.stringify(wanted)}`, async () => {
    const found = await limits();
    return Object.entries(wanted).every(([name, value]) => found[name] === value);
  });
const limits = async (topic = placed) => {
  const resources = [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: topic }];
  const [found] = await admin.describeConfigs({ resources });
  return Object.fromEntries((found?.configs ?? []).map(({ name, value }) => [name, value]));
};

t.test("an error is one line with component, cause and fix, and no topic is created", async (t) => {
  t.match(await setUp({ saslPassword: "wrong" }), {
    code: 1,
    error: /^pubsub: Kafka at \S+ cannot be used: .*authentication.*; check .* in the secret kafka\n$/i,
  });
  t.match(await setUp({ brokers: `127.0.0.1:${await freePort()}` }), {
    code: 1,
    error: /^pubsub: Kafka at \S+ cannot be used: .*; check that it runs.*\n$/,
  });
  t.same(await setUp({ saslUsername: "" }), {
    code: 1,
    out: [],
    error: "pubsub: saslUsername has no value; put saslUsername into the secret kafka\n",
  });
  t.match(await setUp({ authType: "mtls" }), { code: 1, error: /^pubsub: authType mtls .*; use password .*\n$/ });
  t.match(await setUp({}, ["--replicas", "3"]), {
    code: 1,
    error: /^pubsub: Kafka returned an error: .*; .*--replicas.*\n$/,
  });
  t.same(await admin.listTopics(), []);
});

t.test("every topic is created with its partitions and limits", async (t) => {
  t.match(await setUp({}, ["--partitions", "3"]), { code: 0, error: "" });
  const { topics } = await admin.metadata({ topics: [placed], forceUpdate: true });
  t.equal(topics.get(placed)?.partitionsCount, 3);
  await untilLimits({ "retention.ms": "604800000", "max.message.bytes": "1048588", "min.insync.replicas": "1" });
});

t.test("a broadcast topic has one partition and keeps events for an hour", async (t) => {
  const { topics } = await admin.metadata({ topics: [changed], forceUpdate: true });
  t.equal(topics.get(changed)?.partitionsCount, 1);
  t.match(await limits(changed), { "retention.ms": "3600000" });
});

t.test("a second run keeps the topics and applies the retention option", async (t) => {
  const output = await setUp({}, ["--retention-hours", "24"]);
  t.same(output, {
    code: 0,
    out: ["pubsub: set the retention of 13 topics", "pubsub: ready", "broadcast: ready"],
    error: "",
  });
  const { topics } = await admin.metadata({ topics: [placed], forceUpdate: true });
  t.equal(topics.get(placed)?.partitionsCount, 3, "keys stay in their partitions");
  await untilLimits({ "retention.ms": "86400000" });
});

t.test("a run without options keeps earlier values and those of other programs", async (t) => {
  const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName: placed };
  const change = {
    name: "min.insync.replicas",
    value: "2",
    configOperation: IncrementalAlterConfigOperationTypes.SET,
  };
  await admin.incrementalAlterConfigs({ resources: [{ ...resource, configs: [change] }] });
  await untilLimits({ "min.insync.replicas": "2" });
  t.same(await setUp(), { code: 0, out: ["pubsub: ready", "broadcast: ready"], error: "" });
  t.match(await limits(), { "retention.ms": "86400000", "min.insync.replicas": "2" });
});
