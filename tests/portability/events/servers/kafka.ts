import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Admin, ConfigResourceTypes, IncrementalAlterConfigOperationTypes } from "@platformatic/kafka";
import { checkout } from "@sidecart/local/instance";
import type { Launched } from "@sidecart/local/launch";
import type { Test } from "tap";
import { scopesOf } from "../scopes.ts";
import { secretOf } from "../secret.ts";
import type { Behind } from "./behind.ts";
import { oneLargeAmong } from "./tells.ts";

/** Kafka's constant for the end of a partition. */
const latest = -1n;
const limit = 100_000;

/** Kafka. */
export async function kafka(t: Test, system: Launched): Promise<Behind> {
  const of = (key: string) => secretOf(system, "kafka", key);
  const sasl = { mechanism: "PLAIN" as const, username: of("saslUsername"), password: of("saslPassword") };
  const admin = new Admin({ clientId: "portability", bootstrapBrokers: of("brokers").split(","), sasl });
  t.teardown(() => admin.close());
  return {
    version,
    backlog: () => behind(admin),
    async refuse(_probes, topic) {
      const { SET } = IncrementalAlterConfigOperationTypes;
      const name = "max.message.bytes";
      const setLimit = (bytes: string) => {
        const configs = [{ name, configOperation: SET, value: bytes }];
        const resources = [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: topic, configs }];
        return admin.incrementalAlterConfigs({ resources });
      };
      const before = await settingOf(admin, topic, name);
      await setLimit(String(limit));
      return { tells: oneLargeAmong(30, 2 * limit), end: () => setLimit(before) };
    },
  };
}

/** The protocol does not return the version; the launcher downloads the one in its pom.xml. */
async function version(): Promise<string> {
  const pom = await readFile(join(checkout, "local/servers/kafka/pom.xml"), "utf8");
  return /<artifactId>kafka_[^<]*<\/artifactId>\s*<version>([^<]+)/.exec(pom)?.[1] ?? "";
}

async function settingOf(admin: Admin, topic: string, name: string): Promise<string> {
  const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName: topic, configurationKeys: [name] };
  const [found] = await admin.describeConfigs({ resources: [resource] });
  const value = found?.configs.find((one) => one.name === name)?.value;
  if (!value) throw new Error(`${topic} has no ${name}`);
  return value;
}

/** The lag of every service's group behind the ends of its topics. */
async function behind(admin: Admin): Promise<number> {
  const hears = [...scopesOf("kafka").hears].filter(([, topics]) => topics.length > 0);
  const services = hears.filter(([app]) => app !== "gateway");
  const ends = await endsOf(admin, [...new Set(services.flatMap(([, topics]) => topics))]);
  const groups = await admin.listConsumerGroupOffsets({ groups: services.map(([group]) => group) });
  let sum = 0n;
  for (const [group, topics] of services) {
    const read = new Map(groups.find(({ groupId }) => groupId === group)?.topics.map((one) => [one.name, one]));
    for (const topic of topics) {
      for (const [partition, end] of ends.get(topic) ?? []) {
        const at = read.get(topic)?.partitions.find(({ partitionIndex }) => partitionIndex === partition);
        const offset = at?.committedOffset ?? 0n;
        sum += end - (offset < 0n ? 0n : offset);
      }
    }
  }
  return Number(sum);
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
