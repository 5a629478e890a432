import type { MercuriusContext, MercuriusLoaders } from "mercurius";
import { inBatches } from "./batches.ts";
import type { GatewayContext } from "./context.ts";
import { toTransition } from "./order-resolvers.ts";

type Queries<T> = { obj: T }[];
type Found<T> = { id: string; value: T };

/** Fields that many objects of one answer ask for at once: one call for 100 of them. */
export const loaders = {
  OrderProduct: {
    product: (queries: Queries<{ productId: string }>, context: MercuriusContext) =>
      load(
        queries,
        ({ productId }) => productId,
        null,
        async (ids) => {
          const { reads, call } = contextOf(context);
          const products = await Promise.all(ids.map((id) => reads.product(id, call)));
          return products.flatMap((product) => (product ? { id: product.id, value: product } : []));
        },
      ),
  },
  Order: {
    user: (queries: Queries<{ userId: string }>, context: MercuriusContext) =>
      load(
        queries,
        ({ userId }) => userId,
        null,
        async (ids) => {
          const { services, call } = contextOf(context);
          const { accounts } = await services.accounts.getAccounts({ ids }, call);
          return accounts.map((account) => ({ id: account.id, value: account }));
        },
      ),
    history: (queries: Queries<{ id: string }>, context: MercuriusContext) =>
      load(
        queries,
        ({ id }) => id,
        [],
        async (orderIds) => {
          const { services, call } = contextOf(context);
          const { histories } = await services.orders.getHistories({ orderIds }, call);
          return histories.map(({ orderId, transitions }) => ({ id: orderId, value: transitions.map(toTransition) }));
        },
      ),
  },
} satisfies MercuriusLoaders;

/** One value for each query, in the order asked; `missing` where there is none. */
async function load<O, T, M>(
  queries: Queries<O>,
  idOf: (obj: O) => string,
  missing: M,
  ask: (ids: string[]) => Promise<Found<T>[]>,
): Promise<(T | M)[]> {
  const ids = queries.map(({ obj }) => idOf(obj));
  const byId = new Map((await inBatches(ids, ask)).map(({ id, value }) => [id, value]));
  return ids.map((id) => byId.get(id) ?? missing);
}

const contextOf = (context: MercuriusContext) => context as unknown as GatewayContext;
