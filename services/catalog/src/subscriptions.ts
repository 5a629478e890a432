import { on, type Subscription } from "@sidecart/platform/events";
import { AccountRegisteredSchema, AccountUpdatedSchema } from "@sidecart/proto/accounts/v1/events";
import type { OrderState } from "@sidecart/proto/orders/v1/events";
import {
  OrderCancelledSchema,
  OrderExpiredSchema,
  OrderPaidSchema,
  OrderPlacedSchema,
} from "@sidecart/proto/orders/v1/events";
import type { Deps } from "./deps.ts";
import type { PartnerStore } from "./partner-store.ts";

type SubscriptionDeps = Deps & { partners: PartnerStore };

/** The events that catalog subscribes to, and their effects. */
export function subscriptions(deps: SubscriptionDeps): Subscription[] {
  const { reservations, partners, clock, hold } = deps;
  return [
    on(AccountRegisteredSchema, async ({ data }, context) => {
      if (!data.roles.includes("partner")) return;
      await partners.keep({ accountId: data.accountId, name: data.username, active: true, version: 1 }, context);
    }),
    on(AccountUpdatedSchema, async ({ data }, context) => {
      const { accountId, username: name, version } = data;
      await partners.keep({ accountId, name, active: data.roles.includes("partner"), version }, context);
    }),
    on(OrderPlacedSchema, async ({ id: eventId, data }, context) => {
      await hold({ id: reservationOf(data), eventId }, context);
    }),
    on(OrderPaidSchema, async ({ id, data }, context) => {
      await reservations.sellOnce(reservationOf(data), clock.now(), context, id);
    }),
    on(OrderCancelledSchema, async ({ id, data }, context) => {
      await reservations.releaseOnce(reservationOf(data), clock.now(), context, id);
    }),
    on(OrderExpiredSchema, async ({ id, data }, context) => {
      await reservations.releaseOnce(reservationOf(data), clock.now(), context, id);
    }),
  ];
}

function reservationOf({ order }: { order?: OrderState | undefined }): string {
  if (!order) throw new Error("the event has no order");
  return order.reservationId;
}
