import { newId } from "@sidecart/platform/ids";
import type { CallContext } from "@sidecart/platform/rpc";
import { AppError, badFields, type ErrorKind } from "@sidecart/platform/rpc";
import { currentTraceparent } from "@sidecart/platform/telemetry";
import type { Order, Refusal, Transition } from "@sidecart/proto/orders/v1/orders";
import { inPages, type Page, type Paged } from "./batches.ts";
import type { GatewayContext } from "./context.ts";
import { named, ofPlacement } from "./field-names.ts";
import type { Services } from "./services.ts";

/** An order in the API's words. */
export const toOrder = ({ accountId, username, lines, ...order }: Order) => ({
  ...order,
  userId: accountId,
  username: username || null,
  orderProducts: lines,
});

export type ApiOrder = ReturnType<typeof toOrder>;

/** The newest of one's own; of another's or of everybody's for an admin. */
export async function listOrders(
  { orders }: Pick<Services, "orders">,
  wanted: Paged,
  whose: { all?: boolean; accountId?: string },
  call: CallContext,
): Promise<ApiOrder[]> {
  const ask = async (page: Page) => (await orders.listOrders({ ...page, ...whose }, call)).orders;
  return (await inPages(wanted, ask)).map(toOrder);
}

/** The first transition comes from nowhere. */
export const toTransition = ({ from, ...rest }: Transition) => ({ ...rest, from: from || null });

export const orderQueries = {
  async orders(_: unknown, args: Paged & { all?: boolean | null }, { services, reads, call }: GatewayContext) {
    if (!args.all) return reads.orders({ first: args.first, after: args.after }, call);
    return listOrders(services, args, { all: true }, call);
  },
  order: (_: unknown, { id }: { id: string }, { reads, call }: GatewayContext) => reads.order(id, call),
};

type Input<T> = { input: T };
type PlaceOrderInput = {
  orderProducts: { productId: string; quantity: number }[];
  idempotencyKey?: string | null;
};

export const orderMutations = {
  async placeOrder(_: unknown, { input }: Input<PlaceOrderInput>, { together, reads, call }: GatewayContext) {
    // one that a program emptied by mistake would protect from nothing
    if (input.idempotencyKey === "") throw badFields([{ field: "idempotencyKey", problem: "is empty: leave it out" }]);
    const placement = {
      lines: input.orderProducts,
      // A key of our own makes the call repeatable for the sidecars, even when the client sent none.
      idempotencyKey: input.idempotencyKey ?? newId(),
      authorization: call.authorization ?? "",
      traceparent: currentTraceparent() ?? "",
    };
    const { result } = await named(together.place(placement, call), ofPlacement);
    if (result.case !== "order") throw refused(result.case === "refusal" ? result.value : undefined);
    for (const { productId } of input.orderProducts) reads.stockChanged(productId);
    return changed(result.value, reads);
  },
  async cancelOrder(
    _: unknown,
    { input }: Input<{ id: string; reason: string }>,
    { services, reads, call }: GatewayContext,
  ) {
    const { order } = await services.orders.cancelOrder(input, call);
    return order && changed(order, reads);
  },
  async markOrderPaid(_: unknown, { input }: Input<{ id: string }>, { services, reads, call }: GatewayContext) {
    const { order } = await services.orders.markPaid(input, call);
    return order && changed(order, reads);
  },
};

/** One's own change is seen at once, here. */
function changed(order: Order, reads: GatewayContext["reads"]): ApiOrder {
  reads.orderChanged(order.id, order.accountId);
  return toOrder(order);
}

function refused(refusal: Refusal | undefined): Error {
  if (!refusal) return new Error("orders answered a placement without an outcome");
  const status = refusal.code === "PRODUCT_NOT_FOUND" ? "NOT_FOUND" : "FAILED_PRECONDITION";
  const kind: ErrorKind = { code: refusal.code, status, text: refusal.message };
  const { productIds } = refusal;
  return new AppError(kind, { details: productIds.length > 0 ? { productIds } : {} });
}
