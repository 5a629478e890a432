import { onEveryReplica, type Subscription } from "@sidecart/platform/events";
import type { Change } from "@sidecart/proto/cache_invalidation/v1/cache_invalidation";
import { CatalogChangedSchema } from "@sidecart/proto/catalog/v1/events";
import { OrdersChangedSchema } from "@sidecart/proto/orders/v1/events";

/** What has to follow when something changes. */
export type Follower = { apply(service: "catalog" | "orders", changes: Change[]): void };

/** What every replica of the gateway hears, and whom it tells. */
export function subscriptions({ follower }: { follower: Follower }): Subscription[] {
  return [
    onEveryReplica(CatalogChangedSchema, async ({ data }) => follower.apply("catalog", data.changes)),
    onEveryReplica(OrdersChangedSchema, async ({ data }) => follower.apply("orders", data.changes)),
  ];
}
