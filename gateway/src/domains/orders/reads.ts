import { type CallContext, createBatcher, fromFailure } from "@sidecart/platform/rpc";
import type { Order } from "@sidecart/proto/orders/v1/orders";
import { batchBounds, readPace, withoutToken } from "../../calls/batching.ts";
import { checkId } from "../../calls/field-names.ts";
import { inPages, type PageInput } from "../../calls/paging.ts";
import type { Services } from "../../services.ts";
import { type ApiOrder, toOrder } from "./model.ts";

/** Where orders come from that are not cached. The service decides who may see which. */
export type OrderSource = {
  order(id: string, context: CallContext): Promise<ApiOrder | null>;
  /** The caller's own, the newest first. */
  orders(page: PageInput, context: CallContext): Promise<ApiOrder[]>;
};

type OrderOf = { id: string; authorization: string };

/** Asks the service each time: for single orders in one call for those that are read at the same moment. */
export function orderSource({ orders }: Pick<Services, "orders">): OrderSource {
  const batched = createBatcher<OrderOf, Order | undefined>({
    ...batchBounds,
    pace: readPace,
    name: "orders",
    async run(wanted, context) {
      const { outcomes } = await orders.getOrdersOf({ orders: [...wanted] }, withoutToken(context));
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

/** The newest first, of the caller, of one account, or of all; the service says who may see them. */
export async function listOrders(
  orders: Services["orders"],
  wanted: PageInput,
  whose: { all?: boolean; accountId?: string },
  context: CallContext,
): Promise<ApiOrder[]> {
  const found = await inPages(wanted, async (page) => (await orders.listOrders({ ...page, ...whose }, context)).orders);
  return found.map(toOrder);
}
