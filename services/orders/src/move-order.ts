import { pendingEvent } from "@sidecart/platform/events";
import type { CallContext } from "@sidecart/platform/rpc";
import { AppError, id, parse, shownText } from "@sidecart/platform/rpc";
import { annotate } from "@sidecart/platform/telemetry";
import { OrderCancelledSchema, OrderPaidSchema } from "@sidecart/proto/orders/v1/events";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import { orderErrors } from "./errors.ts";
import { comesFrom, type Order } from "./order.ts";
import type { Move } from "./order-store.ts";
import { scope } from "./scope.ts";

/** By its owner or an admin, until preparation starts. The stock is released. */
export async function cancelOrder(deps: Deps, input: unknown, context: CallContext): Promise<Order> {
  const { caller, seen } = await scope(deps.verifier, context);
  const { id: orderId, reason } = parse(z.object({ id, reason: shownText(500) }), input);
  const event = { ...pendingEvent(OrderCancelledSchema, orderId), reason };
  return move(
    deps,
    {
      id: orderId,
      accountId: seen,
      toStatus: "cancelled",
      paymentStatus: null,
      actor: caller.accountId,
      reason,
      event,
    },
    context,
  );
}

/** An admin confirms the payment, until a payments service does it. */
export async function markPaid(deps: Deps, input: unknown, context: CallContext): Promise<Order> {
  const caller = await deps.verifier.requirePresent(context, "admin");
  const { id: orderId } = parse(z.object({ id }), input);
  const event = pendingEvent(OrderPaidSchema, orderId);
  const reason = "marked paid by an admin";
  return move(
    deps,
    { id: orderId, accountId: null, toStatus: "paid", paymentStatus: "paid", actor: caller.accountId, reason, event },
    context,
  );
}

async function move(deps: Deps, change: Omit<Move, "at" | "allowed">, context: CallContext): Promise<Order> {
  const allowed = comesFrom[change.toStatus];
  const { status, order } = await deps.orders.move({ ...change, allowed, at: deps.clock.now() }, context);
  if (status === null) throw new AppError(orderErrors.orderNotFound);
  if (!order) {
    const message = `An order that is ${status} cannot become ${change.toStatus}.`;
    throw new AppError(orderErrors.illegalTransition, { message, details: { from: status, to: change.toStatus } });
  }
  annotate({ "sidecart.subject": order.id });
  deps.log.info({ orderId: order.id, from: status, to: order.status }, "order moved");
  return order;
}
