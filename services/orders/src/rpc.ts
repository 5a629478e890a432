import { type Implementation, implement } from "@sidecart/platform/rpc";
import { OrdersService } from "@sidecart/proto/orders/v1/orders";
import type { Deps } from "./deps.ts";
import { getHistories, getOrders, getOrdersOf, listOrders } from "./get-orders.ts";
import { cancelOrder, markPaid } from "./move-order.ts";
import { toProto } from "./order.ts";
import { placeOrders } from "./place-orders.ts";

/** The gRPC methods of orders. Each calls its use case. */
export function rpc(deps: Deps): Implementation[] {
  const orders = implement(OrdersService, {
    placeOrders: async (request, context) => ({ outcomes: await placeOrders(deps, request, context) }),
    getOrders: async (request, context) => ({ orders: (await getOrders(deps, request, context)).map(toProto) }),
    getOrdersOf: async (request, context) => ({ outcomes: await getOrdersOf(deps, request, context) }),
    listOrders: async (request, context) => {
      const page = await listOrders(deps, request, context);
      return { orders: page.orders.map(toProto), cursor: page.cursor };
    },
    cancelOrder: async (request, context) => ({ order: toProto(await cancelOrder(deps, request, context)) }),
    markPaid: async (request, context) => ({ order: toProto(await markPaid(deps, request, context)) }),
    getHistories: async (request, context) => ({ histories: await getHistories(deps, request, context) }),
  });
  return [orders];
}
