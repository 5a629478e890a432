import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { readProject } from "@sidecart/generate/project";
import { findNatsServer, hasJetStream, natsProcess, natsUrl } from "@sidecart/local/parts/nats";
import { startAlone } from "@sidecart/local/process/alone";
import { freePort } from "@sidecart/local/testing/free-port";
import t from "tap";
import { newInstance, runSetUp, setUpBroker, withWrongPassword } from "./set-up.ts";

t.setTimeout(240_000);

const placed = "orders.order-placed.v1";
const login = { user: "sidecart", password: "secret of a test" };

const nats = { host: "127.0.0.1", port: await freePort(), ...login };
const instance = await newInstance(t);
const program = await findNatsServer((text) => t.comment(text));
const server = await startAlone(await natsProcess(instance, program, nats), () => hasJetStream(nats));
t.teardown(() => server.stop());
const jetstreamSecret = { natsURL: natsUrl(nats) };
const client: NatsConnection = await connect({
  servers: `${nats.host}:${nats.port}`,
  user: login.user,
  pass: login.password,
});
t.teardown(() => client.close());
const manager = await jetstreamManager(client);
const setUp = (args: string[] = []) => setUpBroker(t, "jetstream", { jetstream: jetstreamSecret }, args);

t.test("an event that is published before any sidecar has run is stored for every subscriber", async (t) => {
  t.match(await setUp(), { code: 0, error: "" });
  await jetstream(client).publish(placed, "one");
  const consumer = await manager.consumers.info("orders_order-placed_v1", "catalog");
  t.match(consumer, {
    num_pending: 1,
    config: { deliver_group: "catalog", filter_subject: placed, max_ack_pending: 16, ack_policy: "explicit" },
  });
  t.same(consumer.config.backoff, [20e9, 60e9]);
});

t.test("a second run keeps all events and applies a new option", async (t) => {
  t.match(await setUp(["--retention-hours", "24"]), { code: 0, error: "" });
  const { config, state } = await manager.streams.info("orders_order-placed_v1");
  t.match(config, { max_age: 24 * 3600e9, discard: "new", storage: "file", num_replicas: 1 });
  t.equal(state.messages, 1);
  t.equal((await manager.consumers.info("orders_order-placed_v1", "catalog")).num_pending, 1);
});

t.test("a run without an option keeps its earlier value", async (t) => {
  t.match(await setUp(), { code: 0, error: "" });
  t.match((await manager.streams.info("orders_order-placed_v1")).config, { max_age: 24 * 3600e9 });
});

t.test("the broadcast stream keeps events and idle consumers for an hour", async (t) => {
  const { config } = await manager.streams.info("sidecart-broadcast");
  t.match(config, { max_age: 3600e9, consumer_limits: { inactive_threshold: 3600e9 } });
  const { topics } = await readProject();
  const broadcast = topics.filter(({ everyReplica }) => everyReplica).map(({ name }) => name);
  t.ok(broadcast.includes("orders.orders-changed.v1"));
  t.same(config.subjects, broadcast);
});

t.test("a broadcast stream that copied other streams becomes an independent stream", async (t) => {
  await manager.streams.delete("sidecart-broadcast");
  await manager.streams.add({
    name: "sidecart-broadcast",
    sources: [{ name: "orders_order-placed_v1", filter_subject: placed }],
  });
  t.match(await setUp(), { code: 0, error: "" });
  const { config } = await manager.streams.info("sidecart-broadcast");
  t.same([config.sources ?? [], config.subjects?.length], [[], 2]);
});

t.test("an error is one line with component, cause and fix", async (t) => {
  const other = (natsURL: string) => setUpBroker(t, "jetstream", natsURL ? { jetstream: { natsURL } } : {});
  t.match(await other(withWrongPassword(jetstreamSecret.natsURL)), {
    code: 1,
    error: /^pubsub: NATS at \S+ cannot be used: .*Authorization.*; check .* the secret jetstream\n$/i,
  });
  t.match(await other(`nats://127.0.0.1:${await freePort()}`), {
    code: 1,
    error: /^pubsub: NATS at \S+ cannot be used: .*(refused|ECONNREFUSED).*; check that it runs.*\n$/i,
  });
  t.match(await other(jetstreamSecret.natsURL.replace("nats:", "tls:")), {
    code: 1,
    error: /^pubsub: NATS at \S+ cannot be used: .*'tls'.*; check .*\n$/,
  });
  t.same(await other(""), {
    code: 1,
    out: [],
    error: "pubsub: natsURL has no value; put natsURL into the secret jetstream\n",
  });
  t.match(await setUp(["--replicas", "3"]), {
    code: 1,
    error: /^pubsub: NATS returned an error: .*replicas.*; see .*\n$/i,
  });
});

t.test("an invalid duration is an error", async (t) => {
  const shipped = join(import.meta.dirname, "../../resources/broker/jetstream/pubsub.yaml");
  const yaml = (await readFile(shipped, "utf8")).replace(/20s(, *)/, "1m30s$1");
  const folder = t.testdir({ "pubsub.yaml": yaml, "secrets.json": JSON.stringify({ jetstream: jetstreamSecret }) });
  t.match(await runSetUp(["--component", join(folder, "pubsub.yaml"), "--secrets", join(folder, "secrets.json")]), {
    code: 1,
    error: "pubsub: backOff 1m30s is not a valid duration; write each duration with one unit, such as 90s or 5m\n",
  });
});

t.test("a foreign stream with the same topic is an error", async (t) => {
  await manager.streams.delete("catalog_stock-depleted_v1");
  await manager.streams.add({ name: "audit", subjects: ["catalog.stock-depleted.>"] });
  t.match(await setUp(), { code: 1, error: /^pubsub: NATS returned an error: .*overlap.*; see .*\n$/i });
});
