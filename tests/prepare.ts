import { findDapr } from "@sidecart/local/parts/dapr";
import { findNatsServer } from "@sidecart/local/parts/nats";
import { findRabbitServer } from "@sidecart/local/parts/rabbitmq";
import { findRedisServer } from "@sidecart/local/parts/redis-server";
import { installElasticsearch } from "@sidecart/local/servers/elasticsearch/install";
import { installKafka } from "@sidecart/local/servers/kafka/install";
import { builtS3Server } from "@sidecart/local/servers/s3/build";
import { prepareChecks, prepareHelm, prepareKubeconform } from "./chart/prepare.ts";
import { allNeeds, type Need } from "./needs.ts";
import { buildTap } from "./tap.ts";
import { tiltTools } from "./tilt/tools.ts";

type Say = (line: string) => void;

const listeners = (say: Say) => ({ note: say, signal: undefined });

/** How each is made or fetched; says where it is. */
const ways: Record<Need, (say: Say) => Promise<string>> = {
  dapr: async (say) => `Dapr ${(await findDapr(say)).version}`,
  redis: findRedisServer,
  rabbitmq: async (say) => (await findRabbitServer(listeners(say))).broker,
  jetstream: findNatsServer,
  elasticsearch: async (say) => {
    await installElasticsearch(listeners(say));
    return "Elasticsearch";
  },
  kafka: async (say) => {
    await installKafka(listeners(say));
    return "Kafka";
  },
  s3: (say) => builtS3Server(listeners(say)),
  helm: prepareHelm,
  kubeconform: prepareKubeconform,
  "chart checks": prepareChecks,
  "tilt tools": tiltTools,
};

/** Makes or fetches what the tests run on, once, so that no test waits for it: each says what takes long. */
export async function prepare(needs: ReadonlySet<Need>, say: Say): Promise<void> {
  await buildTap();
  for (const need of allNeeds) if (needs.has(need)) say(await ways[need](say));
}
