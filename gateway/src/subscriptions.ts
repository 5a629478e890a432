import { onEveryReplica, type Subscription } from "@sidecart/platform/events";
import type { Change } from "@sidecart/proto/changes/v1/changes";
import { catalogChanged, ordersChanged } from "./events.ts";

/** What has to follow when something changes. */
export type Follower = { apply(service: "catalog" | "orders", changes: Change[]): void };

/** What every replica of the gateway hears, and whom it tells. */
export function subscriptions({ follower }: { follower: Follower }): Subscription[] {
  return [
    onEveryReplica(catalogChanged, async ({ data }) => follower.apply("catalog", data.changes)),
    onEveryReplica(ordersChanged, async ({ data }) => follower.apply("orders", data.changes)),
  ];
}
