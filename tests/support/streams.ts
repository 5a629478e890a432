import { Redis } from "ioredis";
import type { Test } from "tap";
import { eventually } from "./eventually.ts";
import type { Shop } from "./shop.ts";

export type Streams = Awaited<ReturnType<typeof streamsOf>>;

/**
 * The Redis broker, accessed directly: the entries of its streams, and which of them were read. Tests must choose this
 * broker.
 */
export async function streamsOf(t: Pick<Test, "teardown">, { system }: Pick<Shop, "system">) {
  const redis = new Redis(system.redisUrl);
  // Some tests stop and restart it.
  redis.on("error", () => {});
  t.teardown(() => redis.disconnect());

  async function topics(): Promise<string[]> {
    const names = await redis.keys("*.v1");
    const types = await Promise.all(names.map((name) => redis.type(name)));
    return names.filter((_, at) => types[at] === "stream").sort();
  }

  const value = (group: unknown[], name: string) => Number(group[group.indexOf(name) + 1]);
  /** The services' groups: those of gateway replicas are not counted as work. */
  const groups = async (topic: string) => {
    const all = (await redis.xinfo("GROUPS", topic)) as unknown[][];
    return all.filter((group) => !String(group[group.indexOf("name") + 1]).startsWith("sidecart-broadcast-"));
  };

  /** The number of unread or unacknowledged messages of every group of every topic. */
  async function unread(): Promise<number> {
    const all = await Promise.all((await topics()).map(groups));
    return all.flat().reduce((sum, group) => sum + value(group, "pending") + value(group, "lag"), 0);
  }

  return {
    redis,
    topics,
    unread,
    allRead: (withinMs?: number) => eventually("all messages to be read", async () => (await unread()) === 0, withinMs),
    /** The number of messages that were read and not acknowledged. */
    pending: async (topic: string) => (await groups(topic)).reduce((sum, group) => sum + value(group, "pending"), 0),
    /** Makes the broker refuse a topic, by a key in its place that is not a stream. */
    block: (topic: string) => redis.set(topic, "in the way"),
    unblock: (topic: string) => redis.del(topic),
  };
}
