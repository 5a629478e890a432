import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { apps } from "../apps.ts";
import { checkout } from "../instance.ts";
import { type Launched, launch } from "../launch.ts";
import { StartError } from "../start-error.ts";
import { runningIn, StartedCli, temporaryHome } from "../testing/started-cli.ts";
import { remedied } from "./remedy.ts";

t.setTimeout(240_000);

const orders = apps.filter(({ id }) => id === "orders");

interface Component {
  type: string;
  metadata: Record<string, string>;
  /** Further lines of its metadata, as YAML. */
  more?: string;
}

function declared({ type, metadata, more = "" }: Component): string {
  const entries = Object.entries(metadata).map(([name, value]) => `    - { name: ${name}, value: "${value}" }\n`);
  return `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: audit
spec:
  type: ${type}
  version: v1
  metadata:
${entries.join("")}${more}auth:
  secretStore: secrets
scopes:
  - orders
`;
}

/** Starts the orders service with one more resource file, which must fail, and returns the error. */
async function failure(t: Test, yaml: string): Promise<{ message: string; file: string }> {
  const { home, folder, file } = oneMore(t, yaml);
  const options = { home, apps: orders, resources: [folder], env: { orders: { HOME: home } } };
  const error = await launch(options).then(
    (system) => system.stop(),
    (reason: unknown) => reason,
  );
  t.same(runningIn(home), [], "all processes have stopped");
  if (!(error instanceof StartError)) throw new Error(`it was no StartError: ${error}`);
  t.same(error.details, []);
  t.notMatch(error.message, "\n");
  return { message: error.message, file };
}

/** A home for instances, and in it a folder of resources with one file. */
function oneMore(t: Test, yaml: string): { home: string; folder: string; file: string } {
  const home = temporaryHome(t);
  const folder = join(home, "more");
  const file = join(folder, "audit.yaml");
  mkdirSync(folder);
  writeFileSync(file, yaml);
  return { home, folder, file };
}

function withPassword(address: string | undefined, password: string): URL {
  const url = new URL(address ?? "");
  url.password = password;
  return url;
}

t.test("a component that cannot start ends the start; the error has its name, the cause and the fix", async (t) => {
  const servers: Launched[] = await Promise.all([
    launch({ home: temporaryHome(t), apps: [], broker: "rabbitmq", state: "postgresql" }),
    launch({ home: temporaryHome(t), apps: [], broker: "jetstream" }),
  ]);
  t.teardown(() => Promise.all(servers.map((system) => system.stop())));
  const [one, two] = servers.map(({ secrets }) => secrets);
  const state = withPassword(one?.["state-db"]?.connectionString, "wrong").href;

  const refused: Record<string, Component & { said: RegExp }> = {
    Redis: {
      type: "state.redis",
      metadata: { redisHost: one?.redis?.host ?? "", redisPassword: "wrong" },
      said: /WRONGPASS/,
    },
    RabbitMQ: {
      type: "pubsub.rabbitmq",
      metadata: { connectionString: withPassword(one?.rabbitmq?.connectionString, "wrong").href, consumerID: "a" },
      said: /username or password not allowed/,
    },
    NATS: {
      type: "pubsub.jetstream",
      metadata: { natsURL: withPassword(two?.jetstream?.natsURL, "wrong").href, name: "a" },
      said: /Authorization Violation/,
    },
    PostgreSQL: {
      type: "bindings.postgresql",
      metadata: { connectionString: state },
      said: /password authentication failed/,
    },
  };
  for (const [name, { said, ...component }] of Object.entries(refused)) {
    await t.test(`${name} refuses the password`, async (t) => {
      const { message, file } = await failure(t, declared(component));
      t.match(message, said);
      t.ok(message.startsWith(`component audit (${component.type}) of orders: `), message);
      t.ok(message.endsWith(`: correct the user and password in ${file}`), message);
    });
  }
});

t.test("the error of a component with an unknown type says where types are registered", async (t) => {
  const { message, file } = await failure(t, declared({ type: "pubsub.pigeon", metadata: {} }));
  const cause = "couldn't find message bus pubsub.pigeon/v1";
  const remedy = `correct spec.type in ${file}, or register the type in dapr/cmd/daprd/components.go`;
  t.equal(message, `component audit (pubsub.pigeon) of orders: ${cause}: ${remedy}`);
});

t.test("the error of an unreachable server says to start it or to correct its address", async (t) => {
  const component = { type: "pubsub.kafka", metadata: { brokers: "127.0.0.1:1", authType: "none", consumerID: "a" } };
  const { message, file } = await failure(t, declared(component));
  t.match(message, /^component audit \(pubsub\.kafka\) of orders: .*connection refused: start that server/);
  t.ok(message.endsWith(`or correct its address in ${file}`), message);
});

t.test("a missing secret is refused before any process starts", async (t) => {
  const more = "    - { name: redisHost, secretKeyRef: { name: cache, key: host } }\n";
  const { message, file } = await failure(t, declared({ type: "state.redis", metadata: {}, more }));
  const cause = `component audit needs key "host" of secret "cache", but there is no such secret`;
  t.ok(message.startsWith(`${cause}: correct secretKeyRef in ${file}, or add it to `), message);
});

t.test("a file that is not valid YAML is reported, not skipped", async (t) => {
  const { message, file } = await failure(t, "kind: Component\n  metadata: [\n");
  t.ok(message.startsWith(`${file} is not valid YAML: `), message);
});

t.test("the fix names the source of the log-in, not that of the address", (t) => {
  const known = { name: "audit", type: "state.redis", file: "/shop/audit.yaml", scopes: [] };
  const secrets = [{ setting: "redisHost", name: "redis", key: "host" }];
  const said = (words: string, declared: Parameters<typeof remedied>[2]) =>
    remedied({ component: "audit", said: words, retried: false }, "orders", declared)?.message;
  const literal = { ...known, secrets, literals: ["redisPassword"] };
  t.match(said("WRONGPASS", literal), /: correct the user and password in \/shop\/audit\.yaml$/);
  t.match(said("connection refused", literal), /correct its address in REDIS_URL \(secret "redis"\)$/);
  const both = [...secrets, { setting: "redisPassword", name: "cache", key: "password" }];
  t.match(said("WRONGPASS", { ...known, secrets: both, literals: [] }), /in secret "cache"$/);
  t.match(said("WRONGPASS", { ...known, secrets, literals: ["ttl"] }), /in REDIS_URL \(secret "redis"\)$/);
  t.end();
});

t.test(
  "a component with a name that we use is refused before any process starts; the error has both files",
  async (t) => {
    const yaml = declared({ type: "state.in-memory", metadata: {} }).replace("name: audit", "name: pubsub");
    const { home, folder, file } = oneMore(t, yaml);
    const cli = new StartedCli(t, home, ["--resources", folder]);
    t.equal((await cli.exited).code, 1);
    const ours = join(checkout, "components/resources/broker/redis/pubsub.yaml");
    t.equal(cli.output, `✗ ${file} declares component pubsub, and so does ${ours}: give one another name\n`);
  },
);

t.test("the fix for a missing topic names the file, if the set-up reads that file", (t) => {
  const file = "components/resources/broker/kafka/pubsub.yaml";
  const said = "Request was for a topic or partition that does not exist on this broker";
  const declared = {
    name: "pubsub",
    type: "pubsub.kafka",
    file: join(checkout, file),
    secrets: [],
    literals: [],
    scopes: [],
  };
  const error = remedied({ component: "pubsub", said, retried: true }, "orders", declared);
  const remedy = `add the topic to publishingScopes of ${file}: the set-up creates what is missing from there`;
  t.equal(error?.message, `component pubsub (pubsub.kafka) of orders: ${said}: ${remedy}`);
  t.end();
});

t.test("a topic without a stream ends the start, though a sidecar would retry for ever", async (t) => {
  const more = "    - { name: natsURL, secretKeyRef: { name: jetstream, key: natsURL } }\n";
  const component = declared({ type: "pubsub.jetstream", metadata: { name: "a", durableName: "a" }, more });
  const subscription = `---
apiVersion: dapr.io/v2alpha1
kind: Subscription
metadata:
  name: audit
spec:
  pubsubname: audit
  topic: nobody.published-this.v1
  routes:
    default: /audit
scopes:
  - orders
`;
  const { home, folder, file } = oneMore(t, component + subscription);
  const cli = new StartedCli(t, home, ["--broker", "jetstream", "--resources", folder]);
  t.equal((await cli.exited).code, 1);
  const [line = "", ...rest] = cli.output.split("\n").filter((text) => text.startsWith("✗"));
  t.same(rest, []);
  t.match(
    line,
    /^✗ component audit \(pubsub\.jetstream\) of orders: .*no stream matches subject: create on its server /,
  );
  t.ok(line.endsWith(`what ${file} needs: the set-up reads only components/resources`), line);
  t.same(runningIn(home), [], "all processes have stopped");
});
