import t from "tap";
import { brokerProblems, type PubSubComponent } from "./brokers.ts";
import { problemsOf, pubsubProblems, resourceProblems } from "./resources.ts";

const pubsub = (): PubSubComponent => ({
  name: "pubsub",
  type: "pubsub.jetstream",
  settings: {
    durableName: "{appID}",
    queueGroupName: "{appID}",
    deliverPolicy: "all",
    ackPolicy: "explicit",
    concurrencyMode: "single",
  },
});
const broadcast = (): PubSubComponent => ({
  name: "broadcast",
  type: "pubsub.jetstream",
  settings: {},
});

/** The problems of a broker with these changes in its components. */
function said(change: (pubsub: PubSubComponent, broadcast: PubSubComponent) => void): string[] {
  const [one, other] = [pubsub(), broadcast()];
  change(one, other);
  return brokerProblems({ nats: [one, other] });
}

t.test("a complete broker has no problems, and neither has ours", async (t) => {
  t.same(
    said(() => {}),
    [],
  );
  t.equal(await resourceProblems(), undefined);
});

const broken: [string, Parameters<typeof said>[0], string][] = [
  [
    "a setting without which events are lost",
    ({ settings }) => {
      settings.concurrencyMode = "parallel";
    },
    "pubsub: concurrencyMode must be single",
  ],
  [
    "a broker of which nobody knows what it needs",
    (one) => {
      one.type = "pubsub.pulsar";
    },
    "pubsub: nobody has said what pubsub.pulsar needs to lose nothing",
  ],
  [
    "a broadcast that replicas would share",
    (_, other) => {
      other.settings.consumerID = "{appID}";
    },
    "broadcast: the group must hold {uuid}",
  ],
  [
    "a broadcast whose group is left to the sidecars",
    (_, other) => {
      other.type = "pubsub.redis";
    },
    "broadcast: the group must hold {uuid}",
  ],
];

for (const [name, change, problem] of broken) {
  t.test(`${name} is refused`, async (t) => t.same(said(change), [`broker/nats: ${problem}`]));
}

t.test("a component that only one broker has or lacks is refused", async (t) => {
  const problems = brokerProblems({ nats: [pubsub(), { ...broadcast(), name: "audit" }] });
  t.same(problems, [
    "broker/nats: has no component broadcast",
    "broker/nats: component audit is not one that every broker has",
  ]);
});

t.test("an address or a log-in in the file is refused", async (t) => {
  const component = (name: string) => ({
    kind: "Component",
    metadata: { name: "x" },
    spec: { type: "pubsub.x", metadata: [{ name, value: "something" }] },
    scopes: ["orders"],
  });
  const apps = new Set(["orders"]);
  const names = [
    "redisHost",
    "connectionString",
    "natsURL",
    "brokers",
    "saslUsername",
    "saslPassword",
    "endpoint",
    "url",
  ];
  for (const name of names) t.match(problemsOf("f", component(name), apps), [/stands in the file/], name);
  t.same(problemsOf("f", component("concurrency"), apps), []);
  t.match(problemsOf("f", { ...component("concurrency"), scopes: [] }, apps), [/no scopes/]);
  t.match(problemsOf("f", component("concurrency"), new Set(["carts"])), [/scope orders is not an app/]);
  t.same(problemsOf("f", { ...component("concurrency"), scopes: ["nobody"] }, apps), [], "for no app yet");
});

t.test("a pub/sub component without an inbound retry policy is refused", async (t) => {
  const component = { kind: "Component", metadata: { name: "broadcast" }, spec: { type: "pubsub.x" } };
  const policy = (name: string) => ({
    kind: "Resiliency",
    metadata: { name: "r" },
    spec: { targets: { components: { [name]: { inbound: { retry: "again" } } } } },
  });
  t.same(pubsubProblems([component, policy("broadcast")]), []);
  t.match(pubsubProblems([component, policy("pubsub")]), [/broadcast has no inbound retry policy/]);
});
