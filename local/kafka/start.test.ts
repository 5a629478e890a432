import { join } from "node:path";
import {
  Admin,
  Consumer,
  MessagesStreamModes,
  Producer,
  stringDeserializers,
  stringSerializers,
} from "@platformatic/kafka";
import t from "tap";
import { allowDownload } from "../java/patience.ts";
import { randomSecret } from "../src/secrets/private-file.ts";
import { startedAlone } from "../src/testing/alone-cli.ts";
import { freePort } from "../src/testing/free-port.ts";
import { stillAlive } from "../src/testing/started-cli.ts";
import { answersMetadata } from "./answers.ts";
import { startKafka } from "./start.ts";

allowDownload(t);

const login = { username: "sidecart", password: randomSecret() };
const topic = "order-placed.v1";
const megabyte = "x".repeat(1024 * 1024);

t.test("a real node keeps messages over a restart and over being killed, for who has the password", async (t) => {
  const dataDir = t.testdir();
  const [port, controllerPort] = [await freePort(), await freePort()];
  const start = () => startKafka({ dataDir, port, controllerPort, ...login, log: (line) => t.comment(line) });

  const first = await start();
  await create(first.brokers);
  await produce(first.brokers, "first", megabyte);
  const refused = { errors: [{ cause: { message: "SASL authentication failed." } }] };
  await t.rejects(answersMetadata([first.brokers], { ...login, password: "wrong" }), refused);
  await t.rejects(answersMetadata([first.brokers], undefined), { message: "Connection closed" });
  await first.stop();
  t.throws(() => process.kill(first.pid, 0), { code: "ESRCH" });

  const second = await start();
  await produce(second.brokers, "second", "short");
  process.kill(second.pid, "SIGKILL");
  await second.stop();

  const third = await start();
  t.teardown(() => third.stop());
  const kept = await consume(third.brokers, 2);
  t.same([...kept.keys()], ["first", "second"]);
  t.equal(kept.get("first"), megabyte);
});

t.test("a topic that nobody created is not there", async (t) => {
  const [port, controllerPort] = [await freePort(), await freePort()];
  const node = await startKafka({ dataDir: t.testdir(), port, controllerPort, ...login, log: () => {} });
  t.teardown(() => node.stop());
  await t.rejects(produce(node.brokers, "lost", "lost"), { message: `Unknown topic ${topic}.` });
});

t.test("the program ends its node when told to, and when it is killed itself", async (t) => {
  const args = [
    "--data",
    t.testdir(),
    "--port",
    String(await freePort()),
    "--controller-port",
    String(await freePort()),
  ];
  const main = join(import.meta.dirname, "main.ts");
  const told = await startedAlone(t, main, args);
  t.equal(told.servers.length, 1);
  t.equal(await told.end("SIGTERM"), 0);

  const killed = await startedAlone(t, main, args);
  t.equal(await killed.end("SIGKILL"), null);
  t.same(stillAlive(killed.servers), []);
});

function clientOf(brokers: string) {
  const sasl = { mechanism: "PLAIN", ...login } as const;
  return { clientId: "test", bootstrapBrokers: [brokers], retries: 3, retryDelay: 100, sasl };
}

async function create(brokers: string): Promise<void> {
  const admin = new Admin(clientOf(brokers));
  try {
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
  } finally {
    await admin.close();
  }
}

async function produce(brokers: string, key: string, value: string): Promise<void> {
  const producer = new Producer({ ...clientOf(brokers), serializers: stringSerializers });
  try {
    await producer.send({ messages: [{ topic, key, value }] });
  } finally {
    await producer.close();
  }
}

async function consume(brokers: string, count: number): Promise<Map<string, string>> {
  const consumer = new Consumer({ ...clientOf(brokers), groupId: "test", deserializers: stringDeserializers });
  try {
    const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST });
    const found = new Map<string, string>();
    for await (const { key, value } of stream) {
      found.set(key, value);
      if (found.size === count) break;
    }
    return found;
  } finally {
    await consumer.close(true);
  }
}
