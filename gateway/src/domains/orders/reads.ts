import { type CallContext, createBatcher, fromFailure } from "@sidecart/platform/rpc";
import type { Order } from "@sidecart/proto/orders/v1/orders";
import { batchBounds, readPace, withoutToken } from "../../calls/batching.ts";
import { checkId } from "../../calls/field-names.ts";
import { inPages, type Listed, type PageInput } from "../../calls/paging.ts";
import type { Services } from "../../services.ts";
import { type ApiOrder, toOrder } from "./model.ts";

/** Reads orders from the service, past the cache. The service decides who may see which order. */
export type OrderSource = {
  order(id: string, context: CallContext): Promise<ApiOrder | null>;
  /** The caller's own orders, newest first. */
  orders(page: PageInput, context: CallContext): Promise<Listed<ApiOrder>>;
};

type OrderOf = { id: string; authorization: string };

/** Calls the service each time. Concurrent reads of single orders are batched into one call. */
export function orderSource({ orders }: Pick<Services, "orders">): OrderSource {
  const batched = createBatcher<OrderOf, Order | undefined>({
    ...batchBounds,
    pace: readPace,
    name: "orders",
    async run(requested, context) {
      const { outcomes } = await orders.getOrdersOf({ orders: [...requested] }, withoutToken(context));
      return outcomes.map(({ result }) => (result.case === "failure" ? fromFailure(result.value) : result.value));
    },
  });
  return {
    async order(id, context) {
      const order = await batched({ id: checkId(id), authorization: context.authorization ?? "" }, context);
      return order ? toOrder(order) : null;
    },
    orders: (page, context) => listOrders(orders, page, { all: false }, context),
  };
}

/** Orders of the caller, of one account, or of everybody; newest first. The service decides who may see them. */
export function listOrders(
  orders: Services["orders"],
  page: PageInput,
  whose: { all?: boolean; accountId?: string },
  context: CallContext,
): Promise<Listed<ApiOrder>> {
  return inPages(page, async (part) => {
    const { orders: found, cursor } = await orders.listOrders({ ...part, ...whose }, context);
    return { rows: found.map(toOrder), cursor };
  });
}
