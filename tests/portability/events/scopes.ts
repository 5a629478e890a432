import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "@sidecart/local/instance";
import type { PubSub } from "@sidecart/platform/events";
import { parseScopes } from "@sidecart/setup/scopes";
import { parse } from "yaml";

const lastResort = ".dead-letters.v1";

export type Scopes = ReadonlyMap<string, readonly string[]>;

/**
 * The publishers and subscribers of each topic, from a broker's components; without the sidecars' dead-letter topics.
 */
export function scopesOf(broker: string, component: PubSub = "pubsub"): { publishes: Scopes; hears: Scopes } {
  const file = join(checkout, "components/resources/broker", broker, `${component}.yaml`);
  const { spec } = parse(readFileSync(file, "utf8")) as { spec: { metadata: { name: string; value?: string }[] } };
  const scopes = (name: string): Scopes => {
    const { value = "" } = spec.metadata.find((entry) => entry.name === name) ?? {};
    return new Map(
      parseScopes(value).map(({ app, topics }) => [app, topics.filter((topic) => !topic.endsWith(lastResort))]),
    );
  };
  return { publishes: scopes("publishingScopes"), hears: scopes("subscriptionScopes") };
}
