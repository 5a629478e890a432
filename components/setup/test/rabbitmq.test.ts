import { epmdProcess, findRabbitServer, rabbitAnswers, rabbitProcess } from "@sidecart/local/parts/rabbitmq";
import { startAlone } from "@sidecart/local/process/alone";
import { isListening } from "@sidecart/local/process/readiness";
import { freePort } from "@sidecart/local/testing/free-port";
import { type ChannelModel, connect } from "amqplib";
import t, { type Test } from "tap";
import { newInstance, setUpBroker, withWrongPassword } from "./set-up.ts";

t.setTimeout(240_000);

const placed = "orders.order-placed.v1";
const queue = `catalog-${placed}`;

const secret = await start(t);
const connection: ChannelModel = await connect(secret.connectionString);
t.teardown(() => connection.close());
const setUp = (change: object = {}) => setUpBroker(t, "rabbitmq", { rabbitmq: { ...secret, ...change } });
const read = async (path: string): Promise<Record<string, unknown>> => {
  const { origin, username, password } = new URL(secret.managementUrl);
  const authorization = `Basic ${Buffer.from(`${username}:${decodeURIComponent(password)}`).toString("base64")}`;
  const response = await fetch(`${origin}/api/${path}`, { headers: { authorization } });
  return (await response.json()) as Record<string, unknown>;
};

t.test("an error is one line with component, cause and fix", async (t) => {
  t.match(await setUp({ connectionString: withWrongPassword(secret.connectionString) }), {
    code: 1,
    error: /^pubsub: RabbitMQ at \S+ cannot be used: .*(ACCESS.REFUSED|Handshake).*; check .* the secret rabbitmq\n$/i,
  });
  t.match(await setUp({ connectionString: `amqp://127.0.0.1:${await freePort()}` }), {
    code: 1,
    error: /^pubsub: RabbitMQ at \S+ cannot be used: .*ECONNREFUSED.*; check that it runs.*\n$/,
  });
  t.match(await setUp({ managementUrl: `http://127.0.0.1:${await freePort()}` }), {
    code: 1,
    error: /^broadcast: RabbitMQ's management API at \S+ cannot be used: .*ECONNREFUSED.*; enable the plugin .*\n$/,
  });
});

t.test("an event that is published before any sidecar has run is stored for every subscriber", async (t) => {
  t.match(await setUp(), { code: 0, error: "" });
  const channel = await connection.createConfirmChannel();
  channel.publish(placed, "", Buffer.from("one"), { persistent: true });
  await channel.waitForConfirms();
  t.match(await read(`queues/%2F/${queue}`), { type: "quorum", durable: true, auto_delete: false });
  const message = await channel.get(queue);
  t.equal(String(message ? message.content : "none"), "one");
  await channel.close();
});

t.test("a second run keeps stored events", async (t) => {
  t.match(await setUp(), { code: 0, error: "" });
  const channel = await connection.createChannel();
  t.equal((await channel.checkQueue(queue)).messageCount, 1);
  await channel.close();
});

t.test("the queue of a sidecar expires after an hour without a reader", async (t) => {
  t.match(await read("policies/%2F/sidecart-broadcast"), {
    pattern: "^sidecart-broadcast-",
    definition: { expires: 3_600_000, "message-ttl": 3_600_000, "max-length": 100_000 },
  });
});

t.test("a queue that another program has declared differently is an error", async (t) => {
  const channel = await connection.createChannel();
  await channel.deleteQueue(queue);
  await channel.assertQueue(queue, { durable: true, arguments: { "x-queue-type": "classic" } });
  t.match(await setUp(), {
    code: 1,
    error: /^pubsub: RabbitMQ returned an error: .*PRECONDITION.FAILED.*; delete .*\n$/i,
  });
  await channel.close();
});

async function start(t: Test): Promise<{ connectionString: string; managementUrl: string }> {
  const asker = { note: (text: string) => void t.comment(text), signal: undefined };
  const { broker, epmd } = await findRabbitServer(asker);
  const instance = await newInstance(t);
  const [amqp, management, distribution, mapper] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const ports = { amqp, management, distribution, epmd: mapper };
  const logIn = { user: "sidecart", password: "secret" };
  const names = await startAlone(epmdProcess(instance, epmd, ports), () =>
    isListening({ port: mapper, host: "127.0.0.1" }),
  );
  t.teardown(() => names.stop());
  const account = `${logIn.user}:${logIn.password}`;
  const connectionString = `amqp://${account}@127.0.0.1:${amqp}`;
  const managementUrl = `http://${account}@127.0.0.1:${management}`;
  const spec = await rabbitProcess(instance, broker, ports, logIn);
  const server = await startAlone(spec, () => rabbitAnswers(connectionString, managementUrl));
  t.teardown(() => server.stop());
  return { connectionString, managementUrl };
}
