import type { CallContext } from "@sidecart/platform/call";
import { AppError, commonErrors } from "@sidecart/platform/errors";
import { id, pageSize, parse } from "@sidecart/platform/input";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import type { Order } from "./order.ts";
import type { History } from "./order-store.ts";

const getRequest = z.object({ ids: z.array(id).max(200) });
const historiesRequest = z.object({ orderIds: z.array(id).max(100) });
const listRequest = z.object({
  first: pageSize(100),
  after: z.union([z.literal(""), id]),
  all: z.boolean(),
  accountId: z.union([z.literal(""), id]),
});

/** Whose orders the caller may see: its own, or everybody's (null) for an admin. */
async function scope(deps: Deps, context: CallContext): Promise<{ accountId: string; seen: string | null }> {
  const caller = await deps.verifier.caller(context);
  return { accountId: caller.accountId, seen: caller.roles.includes("admin") ? null : caller.accountId };
}

export async function getOrders(deps: Deps, input: unknown, context: CallContext): Promise<Order[]> {
  const { seen } = await scope(deps, context);
  const { ids } = parse(getRequest, input);
  return ids.length > 0 ? deps.orders.byIds(ids, seen, context) : [];
}

/** The caller's own, newest first; an admin may also see another's, or with `all` everybody's. */
export async function listOrders(
  deps: Deps,
  input: unknown,
  context: CallContext,
): Promise<{ orders: Order[]; cursor: string }> {
  const { accountId, seen } = await scope(deps, context);
  const asked = parse(listRequest, input);
  const owner = asked.accountId || accountId;
  if (seen !== null && (asked.all || owner !== seen)) throw new AppError(commonErrors.forbidden);
  const size = asked.first || 20;
  const orders = await deps.orders.newest(asked.all ? null : owner, size, asked.after || undefined, context);
  return { orders, cursor: orders.length === size ? (orders.at(-1)?.id ?? "") : "" };
}

export async function getHistories(deps: Deps, input: unknown, context: CallContext): Promise<History[]> {
  const { seen } = await scope(deps, context);
  const { orderIds } = parse(historiesRequest, input);
  return orderIds.length > 0 ? deps.orders.histories(orderIds, seen, context) : [];
}
