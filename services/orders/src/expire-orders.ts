import { repeatWhileFull } from "@sidecart/platform/database";
import type { CallContext } from "@sidecart/platform/rpc";
import type { Deps } from "./deps.ts";
import { paymentWindowMs } from "./order.ts";

/** One statement expires this many well within its timeout. */
const atOnce = 200;

/** Expires all orders that were not paid in time, which releases their stock. Returns how many. */
export async function expireOrders(deps: Pick<Deps, "orders" | "clock">, context: CallContext): Promise<number> {
  const now = deps.clock.now();
  const before = new Date(now.getTime() - paymentWindowMs);
  return repeatWhileFull(atOnce, context, () => deps.orders.expire(before, atOnce, now, context));
}
