import type { MercuriusContext, MercuriusLoaders } from "mercurius";
import type { GatewayContext } from "./context.ts";
import { toProduct } from "./product-resolvers.ts";

type Queries<T> = { obj: T }[];

/** Fields that many objects of one answer ask for at once: one call a batch, whatever the size of the list. */
export const loaders = {
  OrderProduct: {
    async product(queries: Queries<{ productId: string }>, context: MercuriusContext) {
      const { services, call } = context as unknown as GatewayContext;
      const ids = [...new Set(queries.map(({ obj }) => obj.productId))];
      const { products } = await services.catalog.getProducts({ ids }, call);
      const byId = new Map(products.map((product) => [product.id, toProduct(product)]));
      return queries.map(({ obj }) => byId.get(obj.productId) ?? null);
    },
  },
  Order: {
    async user(queries: Queries<{ userId: string }>, context: MercuriusContext) {
      const { services, call } = context as unknown as GatewayContext;
      const ids = [...new Set(queries.map(({ obj }) => obj.userId))];
      const { accounts } = await services.accounts.getAccounts({ ids }, call);
      const byId = new Map(accounts.map((account) => [account.id, account]));
      return queries.map(({ obj }) => byId.get(obj.userId) ?? null);
    },
  },
} satisfies MercuriusLoaders;
