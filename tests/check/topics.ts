import { existsSync } from "node:fs";
import { join } from "node:path";
import { apps } from "@sidecart/local/apps";
import type { Subscription } from "@sidecart/platform/subscriptions";
import type { Topics } from "./brokers.ts";
import { root } from "./tool.ts";

/** What the services' code publishes (a topic begins with its publisher's name) and hears. */
export async function topicsOfCode(): Promise<Topics> {
  const topics: Topics = { published: {}, heard: {} };
  for (const { id, database } of apps) {
    if (!database) continue;
    const events = await sourceOf(id, "events.ts");
    topics.published[id] = Object.values(events)
      .map((type) => (type as { topic: string }).topic)
      .filter((topic) => topic.startsWith(`${id}.`));
    const { subscriptions } = (await sourceOf(id, "subscriptions.ts")) as { subscriptions?: (deps: object) => unknown };
    // which topics there are depends on none of what the handlers need
    const heard = (subscriptions?.({}) ?? []) as Subscription[];
    topics.heard[id] = heard.filter(({ pubsub }) => pubsub === "pubsub").map(({ topic }) => topic);
  }
  return topics;
}

async function sourceOf(service: string, file: string): Promise<Record<string, unknown>> {
  const path = join(root, "services", service, "src", file);
  return existsSync(path) ? import(path) : {};
}
