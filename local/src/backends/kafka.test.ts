import { TestTopic } from "@sidecart/local/servers/kafka/testing";
import t from "tap";
import { allowDownload } from "../../servers/java/patience.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { StartError } from "../start-error.ts";
import { temporaryHome } from "../testing/started-cli.ts";
import { launchStores } from "../testing/stores-only.ts";
import { withEnvironment } from "../testing/with-environment.ts";

allowDownload(t);

const own = { broker: "kafka" } as const;

t.test("our Kafka keeps its messages after a kill and after a stop; a wrong log-in ends the start", async (t) => {
  const home = temporaryHome(t);
  const first = await launchStores(t, home, own);
  const topic = topicOf(first.secrets);
  await topic.create();
  await topic.produce("one", "1");
  await first.system.kill("kafka");
  await t.rejects(topic.produce("lost", "0"));
  await first.system.start("kafka");
  await topic.produce("two", "2");
  await first.system.stop();

  const second = await launchStores(t, home, own);
  const kept = await topicOf(second.secrets).consume(2);
  t.same(
    [...kept],
    [
      ["one", "1"],
      ["two", "2"],
    ],
  );

  const { brokers = "", saslUsername = "", saslPassword = "" } = second.secrets.kafka ?? {};
  withEnvironment(t, { KAFKA_BROKERS: brokers, KAFKA_USERNAME: saslUsername, KAFKA_PASSWORD: "wrong" });
  const refusal = await launchStores(t, temporaryHome(t), own).catch((error: unknown) => error);
  t.ok(refusal instanceof StartError);
  t.match(refusal, { message: new RegExp(`^Kafka at ${brokers} .*SASL authentication failed`) });

  withEnvironment(t, { KAFKA_PASSWORD: saslPassword, KAFKA_TLS: "yes" });
  await t.rejects(launchStores(t, temporaryHome(t), own), { message: "KAFKA_TLS must be true or false" });

  withEnvironment(t, { KAFKA_TLS: "false" });
  const guest = await launchStores(t, temporaryHome(t), own);
  t.notOk(guest.system.processes.has("kafka"));
  t.same(guest.secrets.kafka, second.secrets.kafka);
});

function topicOf({ kafka }: Secrets): TestTopic {
  const { brokers = "", saslUsername: username = "", saslPassword: password = "" } = kafka ?? {};
  return new TestTopic(brokers, { username, password }, "test");
}
