import { eventType } from "@sidecart/platform/events";
import { AccountRegisteredSchema, AccountUpdatedSchema } from "@sidecart/proto/accounts/v1/events";
import { ChangesSchema } from "@sidecart/proto/changes/v1/changes";
import {
  OrderCancelledSchema,
  OrderExpiredSchema,
  OrderPaidSchema,
  OrderPlacedSchema,
} from "@sidecart/proto/orders/v1/events";

export const orderPlaced = eventType("orders.order-placed.v1", OrderPlacedSchema);
export const orderPaid = eventType("orders.order-paid.v1", OrderPaidSchema);
export const orderCancelled = eventType("orders.order-cancelled.v1", OrderCancelledSchema);
export const orderExpired = eventType("orders.order-expired.v1", OrderExpiredSchema);
export const ordersChanged = eventType("orders.orders-changed.v1", ChangesSchema);

export const accountRegistered = eventType("accounts.account-registered.v1", AccountRegisteredSchema);
export const accountUpdated = eventType("accounts.account-updated.v1", AccountUpdatedSchema);
