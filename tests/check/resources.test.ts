import t from "tap";
import { brokerProblems, type PubSubComponent, type Topics } from "./brokers.ts";
import { problemsOf, pubsubProblems, resourceProblems } from "./resources.ts";

const code: Topics = {
  published: { orders: ["orders.placed.v1"], catalog: [] },
  heard: { catalog: ["orders.placed.v1"] },
  broadcast: { orders: ["orders.changed.v1"] },
  heardByAll: { gateway: ["orders.changed.v1"] },
};

const pubsub = (): PubSubComponent => ({
  name: "pubsub",
  type: "pubsub.jetstream",
  scopes: ["orders", "catalog"],
  settings: {
    durableName: "{appID}",
    queueGroupName: "{appID}",
    deliverPolicy: "all",
    ackPolicy: "explicit",
    concurrencyMode: "single",
    publishingScopes: "orders=orders.placed.v1,orders.dead-letters.v1; catalog=catalog.dead-letters.v1",
    subscriptionScopes: "orders=orders.dead-letters.v1;catalog=orders.placed.v1,catalog.dead-letters.v1",
  },
});
const broadcast = (): PubSubComponent => ({
  name: "broadcast",
  type: "pubsub.jetstream",
  scopes: ["gateway", "orders"],
  settings: {
    publishingScopes: "orders=orders.changed.v1;gateway=",
    subscriptionScopes: "gateway=orders.changed.v1;orders=",
  },
});

/** What is said about a broker whose components were changed so. */
function said(change: (pubsub: PubSubComponent, broadcast: PubSubComponent) => void): string[] {
  const [one, other] = [pubsub(), broadcast()];
  change(one, other);
  return brokerProblems({ nats: [one, other] }, code);
}

t.test("a broker that fits the code is fine, and so is what we ship", async (t) => {
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
    "a topic that is published and not declared",
    ({ settings }) => {
      settings.publishingScopes = "orders=orders.dead-letters.v1;catalog=catalog.dead-letters.v1";
    },
    "pubsub: publishingScopes of orders lack orders.placed.v1",
  ],
  [
    "a topic that is declared and not heard",
    ({ settings }) => {
      settings.subscriptionScopes += ",orders.paid.v1";
    },
    "pubsub: subscriptionScopes of catalog need no orders.paid.v1",
  ],
  [
    "a dead-letter topic that is missing",
    ({ settings }) => {
      settings.subscriptionScopes = "orders=;catalog=orders.placed.v1,catalog.dead-letters.v1";
    },
    "pubsub: subscriptionScopes of orders lack orders.dead-letters.v1",
  ],
  [
    "an app too many",
    ({ scopes, settings }) => {
      scopes.push("accounts");
      settings.publishingScopes += ";accounts=";
      settings.subscriptionScopes += ";accounts=";
    },
    "pubsub: scopes need no accounts",
  ],
  [
    "an app that may hear everything",
    (_, other) => {
      other.settings.publishingScopes = "orders=orders.changed.v1";
    },
    "broadcast: publishingScopes leaves gateway open",
  ],
  [
    "a broadcast that no code hears",
    (_, other) => {
      other.settings.subscriptionScopes = "orders=;gateway=orders.changed.v1,orders.lost.v1";
    },
    "broadcast: subscriptionScopes of gateway need no orders.lost.v1",
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
  [
    "a hearer that may publish to the broadcast",
    (_, other) => {
      other.settings.publishingScopes = "orders=orders.changed.v1;gateway=orders.changed.v1";
    },
    "broadcast: publishingScopes of gateway need no orders.changed.v1",
  ],
];

for (const [name, change, problem] of broken) {
  t.test(`${name} is refused`, async (t) => t.same(said(change), [`broker/nats: ${problem}`]));
}

t.test("components that only one broker has, or lacks, are refused", async (t) => {
  const problems = brokerProblems({ nats: [pubsub(), { ...broadcast(), name: "audit" }] }, code);
  t.same(problems, [
    "broker/nats: has no component broadcast",
    "broker/nats: component audit is not one that every broker has",
  ]);
});

t.test("an address or a log-in that stands in the file is refused", async (t) => {
  const component = (name: string) => ({
    kind: "Component",
    metadata: { name: "x" },
    spec: { type: "pubsub.x", metadata: [{ name, value: "something" }] },
    scopes: ["orders"],
  });
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
  for (const name of names) t.match(problemsOf("f", component(name)), [/stands in the file/], name);
  t.same(problemsOf("f", component("concurrency")), []);
  t.match(problemsOf("f", { ...component("concurrency"), scopes: [] }), [/no scopes/]);
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
