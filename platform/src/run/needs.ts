import type { Subscription } from "../events/subscriptions.ts";
import type { SidecarMetadata } from "../rpc/sidecar-metadata.ts";
import type { ServiceDeclaration } from "../service.ts";
import { broadcastName, databaseName, policies, pubsubName, secretStore } from "./components.ts";

/** The components that follow from the declaration, and from what the service hears once it is wired. */
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

/** Only a database has room for an inbox and for dead letters. */
export function refuseUnkept(service: ServiceDeclaration, subscriptions: readonly Subscription[]): void {
  const kept = subscriptions.find(({ pubsub }) => pubsub === "pubsub");
  if (kept && !service.database)
    throw new Error(`${service.name} hears ${kept.topic}, and declares no database for it`);
}

/**
 * What the sidecar lacks, a sentence each. Without its policies no delivery is tried again: Redis would let an event go
 * that could not be handled at once. A sidecar before Dapr 1.18 does not tell which policies it has.
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
