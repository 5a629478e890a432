import { networkInterfaces } from "node:os";
import { connect } from "amqplib";
import t from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { isListening } from "../process/readiness.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { StartError } from "../start-error.ts";
import { temporaryHome } from "../testing/started-cli.ts";
import { launchStores } from "../testing/stores-only.ts";
import { withEnvironment } from "../testing/with-environment.ts";

t.setTimeout(300_000);

const own = { broker: "rabbitmq" } as const;

t.test(
  "our RabbitMQ keeps its messages after a kill and after a stop; an instance can use another's server",
  async (t) => {
    const home = temporaryHome(t);
    const first = await launchStores(t, home, own);
    await publish(first.secrets, "zero");
    // A queue that was created right before a kill may be lost.
    await first.system.restart("rabbitmq");
    await published(first.secrets, "one");
    await first.system.kill("rabbitmq");
    await t.rejects(publish(first.secrets, "lost"));
    await first.system.start("rabbitmq");
    await published(first.secrets, "two");
    t.same(await first.system.stop(), [], "it stops in time");

    const second = await launchStores(t, home, own);
    t.same([...new Set(await received(second.secrets))], ["zero", "one", "two"]);

    const { connectionString = "", managementUrl = "" } = second.secrets.rabbitmq ?? {};
    withEnvironment(t, { RABBITMQ_URL: withLogIn(connectionString, "sidecart", "wrong") });
    const refusal = await launchStores(t, temporaryHome(t), own).catch((error: unknown) => error);
    t.ok(refusal instanceof StartError);
    t.match(refusal, {
      message: /^RabbitMQ at \S+ \(RABBITMQ_URL\) .*: correct the user and password in RABBITMQ_URL$/,
    });

    const { origin } = new URL(managementUrl);
    withEnvironment(t, { RABBITMQ_URL: connectionString, RABBITMQ_MANAGEMENT_URL: origin });
    const guest = await launchStores(t, temporaryHome(t), own);
    t.notOk(guest.system.processes.has("rabbitmq"));
    t.same(guest.secrets.rabbitmq, { connectionString, managementUrl: origin });
  },
);

t.test("two brokers run side by side, each with its own user, on this machine only", async (t) => {
  const [one, two] = await Promise.all([
    launchStores(t, temporaryHome(t), own),
    launchStores(t, temporaryHome(t), own),
  ]);
  await publish(one.secrets, "of one");
  await publish(two.secrets, "of two");
  t.same(await received(one.secrets), ["of one"]);
  t.same(await received(two.secrets), ["of two"]);
  const { connectionString = "", managementUrl = "" } = one.secrets.rabbitmq ?? {};
  await t.rejects(connect(withLogIn(connectionString, "guest", "guest")), /ACCESS_REFUSED/);
  for (const url of [connectionString, managementUrl]) {
    const port = Number(new URL(url).port);
    t.ok(await isListening({ host: "127.0.0.1", port }));
    for (const host of otherAddresses()) await t.rejects(isListening({ host, port }), /ECONNREFUSED/);
  }
});

const queue = "kept";
/** A queue like those of services (platform/src/events/app-callback.ts). */
const replicated = { durable: true, arguments: { "x-queue-type": "quorum" } };

async function publish({ rabbitmq }: Secrets, text: string): Promise<void> {
  const connection = await connect(rabbitmq?.connectionString ?? "");
  try {
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue(queue, replicated);
    channel.sendToQueue(queue, Buffer.from(text), { persistent: true });
    await channel.waitForConfirms();
  } finally {
    await connection.close();
  }
}

/** After a start the queue accepts or confirms no message until it has a leader. */
const published = (secrets: Secrets, text: string) =>
  eventually("the queue to accept a message", () => publish(secrets, text).then(() => true));

async function received({ rabbitmq }: Secrets): Promise<string[]> {
  const connection = await connect(rabbitmq?.connectionString ?? "");
  const channel = await connection.createChannel();
  const texts: string[] = [];
  for (;;) {
    const message = await channel.get(queue, { noAck: true });
    if (!message) break;
    texts.push(message.content.toString());
  }
  await connection.close();
  return texts;
}

function withLogIn(address: string, username: string, password: string): string {
  return Object.assign(new URL(address), { username, password }).href;
}

/** The addresses of this machine except loopback. */
function otherAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.filter(({ internal, family }) => !internal && family === "IPv4").map(({ address }) => address);
}
