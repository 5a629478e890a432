import { Redis } from "ioredis";
import type { Component } from "../component.ts";
import { Problem } from "../problem.ts";
import { topicsOf } from "../scopes.ts";
import { connectWithinMs, unusable } from "../server.ts";
import type { Step } from "../step.ts";

/** From Redis 7.2 on, a living sidecar counts as silent for a few seconds at most; before, since the last event. */
const abandonedAfterMs = 24 * 60 * 60_000;

/** Redis makes streams and groups by itself. Checks that it keeps them; deletes the groups of sidecars that are gone. */
export const redis: Step = async (component, _options, say) => {
  const client = await connect(component);
  try {
    await checkThatItKeeps(client, component, say);
    const group = component.setting("consumerID");
    if (!group.includes("{uuid}")) return;
    const [prefix = ""] = group.split("{uuid}");
    const gone = await deleteAbandoned(client, topicsOf(component), prefix, abandonedAfterMs);
    if (gone > 0) say(`deleted ${gone} groups of sidecars that are gone`);
  } finally {
    client.disconnect();
  }
};

async function connect(component: Component): Promise<Redis> {
  const address = component.required("redisHost");
  const [, host = "", port = "6379"] = address.match(/^(.*?)(?::(\d+))?$/) ?? [];
  const client = new Redis({
    host,
    port: Number(port),
    username: component.setting("redisUsername"),
    password: component.setting("redisPassword"),
    ...(component.setting("enableTLS") === "true" && { tls: {} }),
    connectTimeout: connectWithinMs,
    retryStrategy: () => null,
    lazyConnect: true,
  });
  let trouble: unknown;
  client.on("error", (error) => {
    trouble ??= error;
  });
  try {
    await client.connect();
    await client.ping();
    return client;
  } catch (error) {
    client.disconnect();
    const fix = "check that it runs, and host, username and password in the secret redis";
    throw unusable(component, `Redis at ${address}`, trouble ?? error, fix);
  }
}

async function checkThatItKeeps(client: Redis, component: Component, say: (line: string) => void): Promise<void> {
  const info = await client.info();
  const eviction = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? "noeviction";
  if (eviction.startsWith("allkeys")) {
    const cause = `Redis deletes events when its memory is full (maxmemory-policy ${eviction})`;
    throw new Problem(component.name, cause, "set maxmemory-policy to noeviction or a volatile one");
  }
  if (/^aof_enabled:0/m.test(info)) say("without an append-only file Redis forgets the last events when it dies");
}

/** Deletes the groups whose name begins so and whose readers have all been silent for that long; how many. */
export async function deleteAbandoned(client: Redis, topics: string[], prefix: string, afterMs: number) {
  let gone = 0;
  for (const topic of topics) {
    for (const { name } of await rows(client.xinfo("GROUPS", topic))) {
      if (!name.startsWith(prefix)) continue;
      const readers = await rows(client.xinfo("CONSUMERS", topic, name));
      const abandoned = readers.length > 0 && readers.every(({ idle }) => idle > afterMs);
      if (abandoned) gone += Number(await client.xgroup("DESTROY", topic, name));
    }
  }
  return gone;
}

/** Rows of XINFO, which come as lists of name, value, name, value; none when there is no such stream or group. */
async function rows(answer: Promise<unknown>): Promise<{ name: string; idle: number }[]> {
  const lists = (await answer.catch(noneIfMissing)) as unknown[][];
  return lists.map((row) => {
    const field = (wanted: string) => row[row.indexOf(wanted) + 1];
    return { name: String(field("name")), idle: Number(field("idle")) };
  });
}

/** The stream has had no event yet, or another set-up was quicker. */
function noneIfMissing(error: unknown): never[] {
  if (error instanceof Error && /^(ERR no such key|NOGROUP)/.test(error.message)) return [];
  throw error;
}
