import { Redis } from "ioredis";
import type { Component } from "../component.ts";
import { Problem } from "../problem.ts";
import { topicsOf } from "../scopes.ts";
import { connectWithinMs, unusable } from "../server.ts";
import type { Step } from "../step.ts";

/** Before Redis 7.2, the idle time of a running sidecar starts at its last event; since then it is a few seconds at most. */
const abandonedAfterMs = 24 * 60 * 60_000;

/** Checks that Redis does not evict streams, and deletes abandoned consumer groups. Sidecars create streams and groups. */
export const redis: Step = async (component, _options, log) => {
  const client = await connect(component);
  try {
    await checkPersistence(client, component, log);
    const group = component.setting("consumerID");
    if (!group.includes("{uuid}")) return;
    const [prefix = ""] = group.split("{uuid}");
    const deleted = await deleteAbandoned(client, topicsOf(component), prefix, abandonedAfterMs);
    if (deleted > 0) log(`deleted ${deleted} consumer groups of sidecars that no longer exist`);
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
  let firstError: unknown;
  client.on("error", (error) => {
    firstError ??= error;
  });
  try {
    await client.connect();
    await client.ping();
    return client;
  } catch (error) {
    client.disconnect();
    const fix = "check that it runs, and check host, username and password in the secret redis";
    throw unusable(component, `Redis at ${address}`, firstError ?? error, fix);
  }
}

async function checkPersistence(client: Redis, component: Component, log: (line: string) => void): Promise<void> {
  const info = await client.info();
  const eviction = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? "noeviction";
  if (eviction.startsWith("allkeys")) {
    const cause = `Redis deletes events when its memory is full (maxmemory-policy ${eviction})`;
    throw new Problem(component.name, cause, "set maxmemory-policy to noeviction or a volatile policy");
  }
  if (/^aof_enabled:0/m.test(info)) log("warning: without an append-only file Redis loses the last events in a crash");
}

/** Deletes the groups with this prefix whose consumers have all been idle for `afterMs`; returns how many. */
export async function deleteAbandoned(client: Redis, topics: string[], prefix: string, afterMs: number) {
  let deleted = 0;
  for (const topic of topics) {
    for (const { name } of await rows(client.xinfo("GROUPS", topic))) {
      if (!name.startsWith(prefix)) continue;
      const readers = await rows(client.xinfo("CONSUMERS", topic, name));
      const abandoned = readers.length > 0 && readers.every(({ idle }) => idle > afterMs);
      if (abandoned) deleted += Number(await client.xgroup("DESTROY", topic, name));
    }
  }
  return deleted;
}

/** Parses the rows of XINFO, which are lists of name, value, name, value. A missing stream or group has no rows. */
async function rows(response: Promise<unknown>): Promise<{ name: string; idle: number }[]> {
  const lists = (await response.catch(noneIfMissing)) as unknown[][];
  return lists.map((row) => {
    const field = (wanted: string) => row[row.indexOf(wanted) + 1];
    return { name: String(field("name")), idle: Number(field("idle")) };
  });
}

/** The stream has no event yet, or another set-up deleted the group concurrently. */
function noneIfMissing(error: unknown): never[] {
  if (error instanceof Error && /^(ERR no such key|NOGROUP)/.test(error.message)) return [];
  throw error;
}
