import type { Subscription } from "../events/subscriptions.ts";
import type { SidecarMetadata } from "../rpc/sidecar-metadata.ts";
import type { ServiceDeclaration } from "../service.ts";
import { broadcastName, databaseName, policies, pubsubName, secretStore } from "./components.ts";

/** The components that a service needs for its declaration and, once it is wired, its subscriptions. */
export function neededComponents(service: ServiceDeclaration, subscriptions: readonly Subscription[]): string[] {
  const heard = subscriptions.map(({ pubsub }) => pubsub);
  const needed: [name: string, isNeeded: boolean][] = [
    [secretStore, service.secrets !== undefined],
    [databaseName(service), service.database === true],
    ["state", service.state === true],
    ["media", service.media === true],
    ["search", service.search === true],
    // A service with a database has an outbox and a dead-letter topic.
    [pubsubName, service.database === true || heard.includes("pubsub")],
    [broadcastName, service.cached === true || heard.includes("broadcast")],
  ];
  return needed.filter(([, isNeeded]) => isNeeded).map(([name]) => name);
}

/** Throws for a subscription without a database, because inbox and dead letters are stored there. */
export function refuseUnkept(service: ServiceDeclaration, subscriptions: readonly Subscription[]): void {
  const kept = subscriptions.find(({ pubsub }) => pubsub === "pubsub");
  if (kept && !service.database)
    throw new Error(`${service.name} subscribes to ${kept.topic} but declares no database`);
}

/**
 * What the sidecar lacks, one sentence each. Without its resiliency policies no delivery is retried: Redis would drop
 * an event whose first delivery fails. A sidecar before Dapr 1.18 does not report its policies.
 */
export function missingIn(
  { components, resiliencies }: SidecarMetadata,
  needed: readonly string[],
  app: string,
): string[] {
  const missing = needed.filter((name) => !components.includes(name));
  const lost = missing.map((name) => `component ${name} is not loaded by the sidecar of ${app}`);
  if (resiliencies === undefined || resiliencies.includes(policies)) return lost;
  return [...lost, `Resiliency ${policies} is not loaded by the sidecar of ${app}`];
}
