import { existsSync } from "node:fs";
import { join } from "node:path";
import { type DescMessage, getOption } from "@bufbuild/protobuf";
import { apps } from "@sidecart/local/apps";
import type { PubSub, Subscription } from "@sidecart/platform/events";
import { every_replica, topic } from "@sidecart/proto/options/v1/options";
import type { Topics } from "./brokers.ts";
import { root } from "./tool.ts";

/** What proto files declare that services publish, and what the code hears. */
export async function topicsOfCode(): Promise<Topics> {
  const topics: Topics = { published: {}, heard: {}, broadcast: {}, heardByAll: {} };
  for (const { id, database } of apps) {
    const everyReplica = await heardBy(id, "broadcast");
    if (everyReplica.length > 0) topics.heardByAll[id] = everyReplica;
    if (!database) continue;
    const events = await eventsOf(id);
    const broadcast = events.filter((event) => getOption(event, every_replica));
    if (broadcast.length > 0) topics.broadcast[id] = broadcast.map((event) => getOption(event, topic));
    topics.published[id] = events
      .filter((event) => !getOption(event, every_replica))
      .map((event) => getOption(event, topic));
    topics.heard[id] = await heardBy(id, "pubsub");
  }
  return topics;
}

/** The messages of a service's events.proto that declare a topic. */
async function eventsOf(app: string): Promise<DescMessage[]> {
  const generated: Record<string, unknown> = await import(`@sidecart/proto/${app}/v1/events`);
  const messages = Object.values(generated).filter(
    (one): one is DescMessage => (one as DescMessage).kind === "message",
  );
  return messages.filter((message) => getOption(message, topic) !== "");
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
