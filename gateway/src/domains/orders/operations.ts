import { newId } from "@sidecart/platform/ids";
import type { Batcher } from "@sidecart/platform/rpc";
import { currentTraceparent } from "@sidecart/platform/telemetry";
import type { Order, PlaceOutcome } from "@sidecart/proto/orders/v1/orders";
import { latestVersion } from "../../cache/changes.ts";
import { answered } from "../../calls/answer.ts";
import { withApiNames } from "../../calls/field-names.ts";
import type { GatewayCall } from "../../calls/gateway-call.ts";
import type { Listed, PageInput } from "../../calls/paging.ts";
import type { Services } from "../../services.ts";
import type { Invalidate } from "../changes.ts";
import type { OrderCache } from "./cache.ts";
import {
  type ApiOrder,
  type ApiOrderTransition,
  type NewOrder,
  placementField,
  refusalError,
  toOrder,
  toTransition,
  transitionError,
} from "./model.ts";
import type { Placement } from "./placement-batch.ts";
import { listOrders } from "./reads.ts";

export type OrdersDeps = {
  orders: Services["orders"];
  cache: OrderCache;
  place: Batcher<Placement, PlaceOutcome>;
  invalidate: Invalidate;
};

export function readOrder({ cache }: OrdersDeps, id: string, call: GatewayCall): Promise<ApiOrder | null> {
  return cache.order(id, call);
}

/** The caller's own orders, or for an admin with `all` everybody's; newest first. */
export function readOrders(
  { cache, orders }: OrdersDeps,
  { first, after, all }: PageInput & { all?: boolean | null | undefined },
  call: GatewayCall,
): Promise<Listed<ApiOrder>> {
  if (!all) return cache.orders({ first, after }, call);
  return listOrders(orders, { first, after }, { all }, call.forService());
}

export function readOrdersOf(
  { orders }: OrdersDeps,
  accountId: string,
  page: PageInput,
  call: GatewayCall,
): Promise<Listed<ApiOrder>> {
  return listOrders(orders, page, { accountId }, call.forService());
}

export type OrderHistory = { orderId: string; transitions: ApiOrderTransition[] };

/** The histories of at most 100 orders, as far as the caller may see them. */
export async function readHistories(
  { orders }: OrdersDeps,
  orderIds: string[],
  call: GatewayCall,
): Promise<OrderHistory[]> {
  const { histories } = await orders.getHistories({ orderIds }, call.forService());
  return histories.map(({ orderId, transitions }) => ({ orderId, transitions: transitions.map(toTransition) }));
}

export async function placeOrder(
  deps: OrdersDeps,
  { orderProducts, idempotencyKey }: NewOrder,
  call: GatewayCall,
): Promise<ApiOrder> {
  const context = call.forService();
  const placement = {
    lines: orderProducts,
    // If the client sends no key we make one, so that the sidecars may retry the call.
    idempotencyKey: idempotencyKey ?? newId(),
    authorization: context.authorization ?? "",
    traceparent: currentTraceparent() ?? "",
  };
  const { result } = await withApiNames(deps.place(placement, context), placementField);
  if (result.case !== "order") throw refusalError(result.case === "refusal" ? result.value : undefined);
  for (const { productId } of orderProducts) {
    const stockChange = { id: productId.toLowerCase(), owner: "", version: latestVersion, inPlace: true };
    deps.invalidate("catalog", stockChange);
  }
  return changed(deps, result.value);
}

export async function cancelOrder(
  deps: OrdersDeps,
  input: { id: string; reason: string },
  call: GatewayCall,
): Promise<ApiOrder> {
  return moved(deps, deps.orders.cancelOrder(input, call.forService()));
}

export async function markOrderPaid(deps: OrdersDeps, { id }: { id: string }, call: GatewayCall): Promise<ApiOrder> {
  return moved(deps, deps.orders.markPaid({ id }, call.forService()));
}

async function moved(deps: OrdersDeps, answer: Promise<{ order?: Order | undefined }>): Promise<ApiOrder> {
  try {
    const { order } = await answer;
    return changed(deps, answered(order, "an order"));
  } catch (error) {
    throw transitionError(error);
  }
}

/** The replica that makes a change invalidates its own cache before it responds, so callers read their own writes. */
function changed({ cache }: OrdersDeps, order: Order): ApiOrder {
  cache.apply({ id: order.id, owner: order.accountId, version: latestVersion, inPlace: false });
  return toOrder(order);
}
