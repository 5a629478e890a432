import { join } from "node:path";
import t from "tap";
import { randomSecret } from "../../src/secrets/private-file.ts";
import { endsItsServer } from "../../src/testing/alone-cli.ts";
import { freePort } from "../../src/testing/free-port.ts";
import { allowDownload } from "../java/patience.ts";
import { answersMetadata } from "./answers.ts";
import { startKafka } from "./start.ts";
import { TestTopic } from "./testing.ts";

allowDownload(t);

const login = { username: "sidecart", password: randomSecret() };
const topicOf = (brokers: string) => new TestTopic(brokers, login, "order-placed.v1");
const megabyte = "x".repeat(1024 * 1024);

t.test("a real node keeps messages after a restart and a kill, and rejects a wrong password", async (t) => {
  const dataDir = t.testdir();
  const [port, controllerPort] = [await freePort(), await freePort()];
  const start = () => startKafka({ dataDir, port, controllerPort, ...login, log: (line) => t.comment(line) });

  const first = await start();
  await topicOf(first.brokers).create();
  await topicOf(first.brokers).produce("first", megabyte);
  const rejection = { errors: [{ cause: { message: "SASL authentication failed." } }] };
  await t.rejects(answersMetadata([first.brokers], { ...login, password: "wrong" }), rejection);
  await t.rejects(answersMetadata([first.brokers], undefined), { message: "Connection closed" });
  await first.stop();
  t.throws(() => process.kill(first.pid, 0), { code: "ESRCH" });

  const second = await start();
  await topicOf(second.brokers).produce("second", "short");
  process.kill(second.pid, "SIGKILL");
  await second.stop();

  const third = await start();
  t.teardown(() => third.stop());
  const kept = await topicOf(third.brokers).consume(2);
  t.same([...kept.keys()], ["first", "second"]);
  t.equal(kept.get("first"), megabyte);
});

t.test("topics are not created automatically", async (t) => {
  const [port, controllerPort] = [await freePort(), await freePort()];
  const node = await startKafka({ dataDir: t.testdir(), port, controllerPort, ...login, log: () => {} });
  t.teardown(() => node.stop());
  const rejection = { message: "Unknown topic order-placed.v1." };
  await t.rejects(topicOf(node.brokers).produce("lost", "lost"), rejection);
});

t.test("the node stops when the program is stopped or killed", async (t) => {
  const args = [
    "--data",
    t.testdir(),
    "--port",
    String(await freePort()),
    "--controller-port",
    String(await freePort()),
  ];
  await endsItsServer(t, join(import.meta.dirname, "main.ts"), args);
});
