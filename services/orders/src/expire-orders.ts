import { type CallContext, throwIfDone } from "@sidecart/platform/rpc";
import type { Deps } from "./deps.ts";
import { paymentWindowMs } from "./order.ts";

/** As many as one statement ends well within its time. */
const atOnce = 200;

/** Ends all orders that were not paid in time; their stock goes back. Gives back how many that were. */
export async function expireOrders(deps: Pick<Deps, "orders" | "clock">, context: CallContext): Promise<number> {
  const now = deps.clock.now();
  const before = new Date(now.getTime() - paymentWindowMs);
  let [expired, ended] = [0, 0];
  do {
    throwIfDone(context);
    ended = await deps.orders.expire(before, atOnce, now, context);
    expired += ended;
  } while (ended === atOnce);
  return expired;
}
