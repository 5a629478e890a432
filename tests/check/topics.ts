import { existsSync } from "node:fs";
import { join } from "node:path";
import { apps } from "@sidecart/local/apps";
import type { Digest, PubSub, Subscription } from "@sidecart/platform/events";
import type { Topics } from "./brokers.ts";
import { root } from "./tool.ts";

/** What the code publishes (a topic begins with its publisher's name) and hears. */
export async function topicsOfCode(): Promise<Topics> {
  const topics: Topics = { published: {}, heard: {}, broadcast: {}, heardByAll: {} };
  for (const { id, database } of apps) {
    const everyReplica = await heardBy(id, "broadcast");
    if (everyReplica.length > 0) topics.heardByAll[id] = everyReplica;
    if (!database) continue;
    const { digest } = (await sourceOf(id, "digest.ts")) as { digest?: Digest };
    if (digest) topics.broadcast[id] = [digest.type.topic];
    const events = await sourceOf(id, "events.ts");
    topics.published[id] = Object.values(events)
      .map((type) => (type as { topic: string }).topic)
      .filter((topic) => topic.startsWith(`${id}.`) && topic !== digest?.type.topic);
    topics.heard[id] = await heardBy(id, "pubsub");
  }
  return topics;
}

async function heardBy(app: string, component: PubSub): Promise<string[]> {
  const { subscriptions } = (await sourceOf(app, "subscriptions.ts")) as { subscriptions?: (deps: object) => unknown };
  // which topics there are depends on none of what the handlers need
  const heard = (subscriptions?.({}) ?? []) as Subscription[];
  return heard.filter(({ pubsub }) => pubsub === component).map(({ topic }) => topic);
}

async function sourceOf(app: string, file: string): Promise<Record<string, unknown>> {
  const path = join(root, app === "gateway" ? app : join("services", app), "src", file);
  return existsSync(path) ? import(path) : {};
}
