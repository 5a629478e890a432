import { eventType } from "@sidecart/platform/events";
import { ChangesSchema } from "@sidecart/proto/changes/v1/changes";

export const catalogChanged = eventType("catalog.catalog-changed.v1", ChangesSchema);
export const ordersChanged = eventType("orders.orders-changed.v1", ChangesSchema);
