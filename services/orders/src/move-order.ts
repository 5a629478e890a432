import { pendingEvent } from "@sidecart/platform/events";
import type { CallContext } from "@sidecart/platform/rpc";
import { AppError, id, parse, text } from "@sidecart/platform/rpc";
import { OrderCancelledSchema, OrderPaidSchema } from "@sidecart/proto/orders/v1/events";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import { orderErrors } from "./errors.ts";
import { comesFrom, type Order } from "./order.ts";
import type { Move } from "./order-store.ts";

/** By its owner or an admin, until preparation starts; the stock goes back. */
export async function cancelOrder(deps: Deps, input: unknown, context: CallContext): Promise<Order> {
  const caller = await deps.verifier.caller(context);
  const { id: orderId, reason } = parse(z.object({ id, reason: text(0, 500) }), input);
  const accountId = caller.roles.includes("admin") ? null : caller.accountId;
  const event = { ...pendingEvent(OrderCancelledSchema, orderId), reason };
  return move(
    deps,
    { id: orderId, accountId, toStatus: "cancelled", paymentStatus: null, actor: caller.accountId, reason, event },
    context,
  );
}

/** Until the payments service does it: an admin says that the money is there. */
export async function markPaid(deps: Deps, input: unknown, context: CallContext): Promise<Order> {
  const caller = await deps.verifier.require(context, "admin");
  const { id: orderId } = parse(z.object({ id }), input);
  const event = pendingEvent(OrderPaidSchema, orderId);
  const reason = "marked paid by an admin";
  return move(
    deps,
    { id: orderId, accountId: null, toStatus: "paid", paymentStatus: "paid", actor: caller.accountId, reason, event },
    context,
  );
}

async function move(deps: Deps, wish: Omit<Move, "at" | "allowed">, context: CallContext): Promise<Order> {
  const allowed = comesFrom[wish.toStatus];
  const { status, order } = await deps.orders.move({ ...wish, allowed, at: deps.clock.now() }, context);
  if (status === null) throw new AppError(orderErrors.orderNotFound);
  if (!order) {
    const message = `An order that is ${status} cannot become ${wish.toStatus}.`;
    throw new AppError(orderErrors.illegalTransition, { message, details: { from: status, to: wish.toStatus } });
  }
  return order;
}
