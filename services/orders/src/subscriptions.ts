import type { CallContext } from "@sidecart/platform/call";
import { on, type Subscription } from "@sidecart/platform/subscriptions";
import type { ProductState } from "@sidecart/proto/catalog/v1/events";
import * as events from "./events.ts";
import type { NeighbourStore } from "./neighbour-store.ts";

/** What orders hears: it keeps the names of people and products, to show them beside orders. */
export function subscriptions({ neighbours }: { neighbours: NeighbourStore }): Subscription[] {
  const keepProduct = async (product: ProductState | undefined, context: CallContext) => {
    if (!product) return;
    const { id, name, price, currency, deleted, version } = product;
    await neighbours.keepProduct({ id, name, price: Number(price), currency, deleted, version }, context);
  };
  return [
    on(events.accountRegistered, ({ data }, context) =>
      neighbours.keepAccount({ id: data.accountId, username: data.username, version: 1 }, context),
    ),
    on(events.accountUpdated, ({ data }, context) =>
      neighbours.keepAccount({ id: data.accountId, username: data.username, version: data.version }, context),
    ),
    on(events.productCreated, ({ data }, context) => keepProduct(data.product, context)),
    on(events.productChanged, ({ data }, context) => keepProduct(data.product, context)),
  ];
}
