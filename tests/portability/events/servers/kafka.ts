import { Admin } from "@platformatic/kafka";
import type { Launched } from "@sidecart/local/launch";
import type { Test } from "tap";
import { scopesOf } from "../scopes.ts";
import { secretOf } from "../secret.ts";

/** Kafka's own sign for the end of a partition. */
const latest = -1n;

/** Of every service's group, how far it is behind the ends of the topics that it hears. */
export function kafkaBacklog(t: Test, system: Launched): () => Promise<number> {
  const of = (key: string) => secretOf(system, "kafka", key);
  const sasl = { mechanism: "PLAIN" as const, username: of("saslUsername"), password: of("saslPassword") };
  const admin = new Admin({ clientId: "portability", bootstrapBrokers: of("brokers").split(","), sasl });
  t.teardown(() => admin.close());
  const hears = [...scopesOf("kafka").hears].filter(([, topics]) => topics.length > 0);
  return async () => {
    const ends = await endsOf(admin, [...new Set(hears.flatMap(([, topics]) => topics))]);
    const groups = await admin.listConsumerGroupOffsets({ groups: hears.map(([group]) => group) });
    let behind = 0n;
    for (const [group, topics] of hears) {
      const read = new Map(groups.find(({ groupId }) => groupId === group)?.topics.map((one) => [one.name, one]));
      for (const topic of topics) {
        for (const [partition, end] of ends.get(topic) ?? []) {
          const at = read.get(topic)?.partitions.find(({ partitionIndex }) => partitionIndex === partition);
          const offset = at?.committedOffset ?? 0n;
          behind += end - (offset < 0n ? 0n : offset);
        }
      }
    }
    return Number(behind);
  };
}

async function endsOf(admin: Admin, topics: string[]): Promise<Map<string, Map<number, bigint>>> {
  const { topics: known } = await admin.metadata({ topics });
  const wanted = [...known].map(([name, { partitions }]) => ({
    name,
    partitions: Object.keys(partitions).map((partition) => ({ partitionIndex: Number(partition), timestamp: latest })),
  }));
  const listed = await admin.listOffsets({ topics: wanted });
  return new Map(
    listed.map(({ name, partitions }) => [name, new Map(partitions.map((one) => [one.partitionIndex, one.offset]))]),
  );
}
