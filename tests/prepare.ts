import { installElasticsearch } from "@sidecart/local/elasticsearch/install";
import { installKafka } from "@sidecart/local/kafka/install";
import { findDapr } from "@sidecart/local/parts/dapr";
import { findRedisServer } from "@sidecart/local/parts/redis-server";
import { builtS3Server } from "@sidecart/local/s3/build";
import { tool } from "./check/tool.ts";

/** Makes or fetches what the tests run on, once, so that no test waits for it: each says what takes long. */
export async function prepare(say: (line: string) => void): Promise<void> {
  // tap takes our choice of plugins (.taprc) only when it is built with it.
  const failed = await tool("tap", ["build"]);
  if (failed) throw new Error(`tap build: ${failed}`);
  const dapr = await findDapr(say);
  say(`Dapr ${dapr.version}`);
  say(await findRedisServer(say));
  await installElasticsearch({ note: say, signal: undefined });
  say("Elasticsearch");
  await installKafka({ note: say, signal: undefined });
  say("Kafka");
  say(await builtS3Server({ note: say, signal: undefined }));
}
