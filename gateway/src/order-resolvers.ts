import { AppError, type ErrorKind } from "@sidecart/platform/errors";
import { newId } from "@sidecart/platform/ids";
import type { Order, Refusal, Transition } from "@sidecart/proto/orders/v1/orders";
import { inPages, type Paged } from "./batches.ts";
import type { GatewayContext } from "./context.ts";
import { named, ofPlacement, oneId } from "./field-names.ts";

/** An order in the API's words. */
export const toOrder = ({ accountId, username, lines, ...order }: Order) => ({
  ...order,
  userId: accountId,
  username: username || null,
  orderProducts: lines,
});

/** The first transition comes from nowhere. */
export const toTransition = ({ from, ...rest }: Transition) => ({ ...rest, from: from || null });

export const orderQueries = {
  async orders(_: unknown, args: Paged & { all?: boolean | null }, { services, call }: GatewayContext) {
    const all = args.all ?? false;
    const orders = await inPages(
      args,
      async (page) => (await services.orders.listOrders({ ...page, all }, call)).orders,
    );
    return orders.map(toOrder);
  },
  async order(_: unknown, { id }: { id: string }, { services, call }: GatewayContext) {
    const [order] = (await named(services.orders.getOrders({ ids: [id] }, call), oneId)).orders;
    return order ? toOrder(order) : null;
  },
};

type Input<T> = { input: T };
type PlaceOrderInput = {
  orderProducts: { productId: string; quantity: number }[];
  idempotencyKey?: string | null;
};

export const orderMutations = {
  async placeOrder(_: unknown, { input }: Input<PlaceOrderInput>, { services, call }: GatewayContext) {
    // A key of our own makes the call repeatable for the sidecars, even when the client sent none.
    const placement = { lines: input.orderProducts, idempotencyKey: input.idempotencyKey || newId() };
    const placing = services.orders.placeOrders({ placements: [placement] }, { ...call, repeatable: true });
    const { outcomes } = await named(placing, ofPlacement);
    const result = outcomes[0]?.result;
    if (result?.case === "order") return toOrder(result.value);
    throw refused(result?.case === "refusal" ? result.value : undefined);
  },
  async cancelOrder(_: unknown, { input }: Input<{ id: string; reason: string }>, { services, call }: GatewayContext) {
    const { order } = await services.orders.cancelOrder(input, call);
    return order && toOrder(order);
  },
  async markOrderPaid(_: unknown, { input }: Input<{ id: string }>, { services, call }: GatewayContext) {
    const { order } = await services.orders.markPaid(input, call);
    return order && toOrder(order);
  },
};

function refused(refusal: Refusal | undefined): Error {
  if (!refusal) return new Error("orders answered a placement without an outcome");
  const status = refusal.code === "PRODUCT_NOT_FOUND" ? "NOT_FOUND" : "FAILED_PRECONDITION";
  const kind: ErrorKind = { code: refusal.code, status, text: refusal.message };
  return new AppError(kind, { details: { productIds: refusal.productIds } });
}
