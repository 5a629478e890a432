import { changeOf, type Digest } from "@sidecart/platform/events";
import type { OrderState } from "@sidecart/proto/orders/v1/events";
import {
  OrderCancelledSchema,
  OrderExpiredSchema,
  OrderPaidSchema,
  OrderPlacedSchema,
  OrdersChangedSchema,
} from "@sidecart/proto/orders/v1/events";

const ofOrder = ({ order }: { order?: OrderState | undefined }) => ({
  id: order?.id,
  owner: order?.accountId,
  version: order?.version,
});

/** What caches are told of orders: every step of them. */
export const digest: Digest = {
  type: OrdersChangedSchema,
  changes: [
    changeOf(OrderPlacedSchema, ofOrder),
    changeOf(OrderPaidSchema, ofOrder),
    changeOf(OrderCancelledSchema, ofOrder),
    changeOf(OrderExpiredSchema, ofOrder),
  ],
};
