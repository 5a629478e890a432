import type { CallContext } from "@sidecart/platform/call";
import { on, type Subscription } from "@sidecart/platform/subscriptions";
import type { OrderState } from "@sidecart/proto/orders/v1/events";
import type { Deps } from "./deps.ts";
import * as events from "./events.ts";
import type { IndexQueueStore } from "./index-queue-store.ts";
import type { PartnerStore } from "./partner-store.ts";

type SubscriptionDeps = Deps & { queue: IndexQueueStore; partners: PartnerStore; kickIndexer(): void };

/** What catalog hears, and what it does about it. */
export function subscriptions(deps: SubscriptionDeps): Subscription[] {
  const { reservations, partners, clock, queue } = deps;
  // Search may be away for as long as it likes: its events are done once they are noted.
  const toIndex = async (id: string | undefined, context: CallContext) => {
    if (id === undefined) throw new Error("the event has no product");
    await queue.note([id], context);
    deps.kickIndexer();
  };
  return [
    on(events.productCreated, ({ data }, context) => toIndex(data.product?.id, context)),
    on(events.productChanged, ({ data }, context) => toIndex(data.product?.id, context)),
    on(events.stockChanged, ({ data }, context) => toIndex(data.productId, context)),
    on(events.accountRegistered, async ({ data }, context) => {
      if (!data.roles.includes("partner")) return;
      await partners.keep({ accountId: data.accountId, name: data.username, active: true, version: 1 }, context);
    }),
    on(events.accountUpdated, async ({ data }, context) => {
      const { accountId, username: name, version } = data;
      await partners.keep({ accountId, name, active: data.roles.includes("partner"), version }, context);
    }),
    on(events.orderPlaced, async ({ id, data }, context) => {
      await reservations.holdOnce(reservationOf(data), clock.now(), context, id);
      deps.kickOutbox();
    }),
    on(events.orderPaid, async ({ id, data }, context) => {
      await reservations.sellOnce(reservationOf(data), clock.now(), context, id);
      deps.kickOutbox();
    }),
    on(events.orderCancelled, async ({ id, data }, context) => {
      await reservations.releaseOnce(reservationOf(data), clock.now(), context, id);
      deps.kickOutbox();
    }),
    on(events.orderExpired, async ({ id, data }, context) => {
      await reservations.releaseOnce(reservationOf(data), clock.now(), context, id);
      deps.kickOutbox();
    }),
  ];
}

function reservationOf({ order }: { order?: OrderState | undefined }): string {
  if (!order) throw new Error("the event has no order");
  return order.reservationId;
}
