import { findDapr } from "@sidecart/local/parts/dapr";
import { findNatsServer } from "@sidecart/local/parts/nats";
import { findRabbitServer } from "@sidecart/local/parts/rabbitmq";
import { findRedisServer } from "@sidecart/local/parts/redis-server";
import { installElasticsearch } from "@sidecart/local/servers/elasticsearch/install";
import { installKafka } from "@sidecart/local/servers/kafka/install";
import { builtS3Server } from "@sidecart/local/servers/s3/build";
import { prepareChart } from "./chart/prepare.ts";
import { buildTap } from "./tap.ts";

/** Makes or fetches what the tests run on, once, so that no test waits for it: each says what takes long. */
export async function prepare(say: (line: string) => void): Promise<void> {
  await buildTap();
  const dapr = await findDapr(say);
  say(`Dapr ${dapr.version}`);
  say(await findRedisServer(say));
  const listeners = { note: say, signal: undefined };
  say((await findRabbitServer(listeners)).broker);
  say(await findNatsServer(say));
  await installElasticsearch(listeners);
  say("Elasticsearch");
  await installKafka(listeners);
  say("Kafka");
  say(await builtS3Server(listeners));
  await prepareChart(say);
}
