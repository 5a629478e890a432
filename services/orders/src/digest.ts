import { changeOf, type Digest } from "@sidecart/platform/events";
import type { OrderState } from "@sidecart/proto/orders/v1/events";
import { orderCancelled, orderExpired, orderPaid, orderPlaced, ordersChanged } from "./events.ts";

const ofOrder = ({ order }: { order?: OrderState | undefined }) => ({
  id: order?.id,
  owner: order?.accountId,
  version: order?.version,
});

/** What caches are told of orders: every step of them. */
export const digest: Digest = {
  type: ordersChanged,
  changes: [
    changeOf(orderPlaced, ofOrder),
    changeOf(orderPaid, ofOrder),
    changeOf(orderCancelled, ofOrder),
    changeOf(orderExpired, ofOrder),
  ],
};
