import { type CacheInvalidation, changeOf } from "@sidecart/platform/events";
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

/** Every change of an order invalidates caches. */
export const cacheInvalidation: CacheInvalidation = {
  type: OrdersChangedSchema,
  changes: [
    changeOf(OrderPlacedSchema, ofOrder),
    changeOf(OrderPaidSchema, ofOrder),
    changeOf(OrderCancelledSchema, ofOrder),
    changeOf(OrderExpiredSchema, ofOrder),
  ],
};
