import type { MessageInitShape } from "@bufbuild/protobuf";
import { topicOf } from "@sidecart/platform/events";
import { inOrderOf } from "@sidecart/platform/ids";
import {
  AppError,
  answerEach,
  authorization,
  type CallContext,
  commonErrors,
  continueWith,
  id,
  onBehalfOf,
  pageSize,
  parse,
  readPage,
  settleEach,
} from "@sidecart/platform/rpc";
import {
  OrderCancelledSchema,
  OrderExpiredSchema,
  OrderPaidSchema,
  OrderPlacedSchema,
} from "@sidecart/proto/orders/v1/events";
import type { HistorySchema, OrderOutcomeSchema } from "@sidecart/proto/orders/v1/orders";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import { type Order, toProto } from "./order.ts";
import { scope } from "./scope.ts";

type OrderOutcome = MessageInitShape<typeof OrderOutcomeSchema>;

const getRequest = z.object({ ids: z.array(id).max(200) });
const getOfRequest = z.object({ orders: z.array(z.unknown()).min(1).max(100) });
const orderOf = z.object({ id, authorization });
const historiesRequest = z.object({ orderIds: z.array(id).max(100) });
const listRequest = z.object({
  first: pageSize(100),
  after: z.union([z.literal(""), id]),
  all: z.boolean(),
  accountId: z.union([z.literal(""), id]),
});

export async function getOrders(deps: Deps, input: unknown, context: CallContext): Promise<Order[]> {
  const { seen } = await scope(deps.verifier, context);
  const { ids } = parse(getRequest, input);
  return ids.length > 0 ? deps.orders.byIds(ids, seen, context) : [];
}

/**
 * For several users at once. Each entry has its own outcome: the order, nothing when it does not exist or the user may
 * not see it, or an error.
 */
export async function getOrdersOf(deps: Deps, input: unknown, context: CallContext): Promise<OrderOutcome[]> {
  const { orders } = parse(getOfRequest, input);
  const seenWith = seenOnce(deps, context);
  const requested = await settleEach(orders, async (one) => {
    const { id: requestedId, authorization: bearer } = parse(orderOf, one);
    return { id: requestedId, seen: await seenWith(bearer) };
  });
  const found = await continueWith(requested, async (wanted) => {
    const ids = wanted.map(({ id }) => id);
    const orders = inOrderOf(ids, await deps.orders.byIds(ids, null, context));
    return wanted.map(({ seen }, place) => {
      const order = orders[place];
      return seen === null || seen === order?.accountId ? order : undefined;
    });
  });
  return answerEach(found, {
    log: deps.log,
    name: "get order",
    answer: (order): OrderOutcome => (order ? { result: { case: "order", value: toProto(order) } } : {}),
    failure: (value) => ({ result: { case: "failure", value } }),
  });
}

/** Whose orders the bearer of a token may see. A token is looked at once, because that of an admin costs a call. */
function seenOnce({ verifier }: Deps, context: CallContext): (bearer: string) => Promise<string | null> {
  const known = new Map<string, Promise<string | null>>();
  return (bearer) => {
    const seen = known.get(bearer) ?? scope(verifier, onBehalfOf(context, bearer)).then((found) => found.seen);
    known.set(bearer, seen);
    return seen;
  };
}

/** The caller's orders, newest first. An admin may list another account's orders, or all with `all`. */
export async function listOrders(
  deps: Deps,
  input: unknown,
  context: CallContext,
): Promise<{ orders: Order[]; cursor: string }> {
  const { caller, seen } = await scope(deps.verifier, context);
  const requested = parse(listRequest, input);
  const owner = requested.accountId || caller.accountId;
  if (seen !== null && (requested.all || owner !== seen)) throw new AppError(commonErrors.forbidden);
  const listed = requested.all ? null : owner;
  const read = (count: number) => deps.orders.newest(listed, count, requested.after || undefined, context);
  const { rows: orders, cursor } = await readPage(requested.first, read);
  return { orders, cursor };
}

type ProtoHistory = MessageInitShape<typeof HistorySchema>;

export async function getHistories(deps: Deps, input: unknown, context: CallContext): Promise<ProtoHistory[]> {
  const { seen } = await scope(deps.verifier, context);
  const { orderIds } = parse(historiesRequest, input);
  const found = orderIds.length > 0 ? await deps.orders.histories(orderIds, seen, context) : [];
  return found.map(({ transitions, ...history }) => ({
    ...history,
    transitions: transitions.map((one) => ({ ...one, topic: topics[one.to] ?? "" })),
  }));
}

/** The event about reaching a status. */
const topics: Readonly<Record<string, string>> = {
  pending_payment: topicOf(OrderPlacedSchema),
  paid: topicOf(OrderPaidSchema),
  cancelled: topicOf(OrderCancelledSchema),
  expired: topicOf(OrderExpiredSchema),
};
