import type { CallContext } from "@sidecart/platform/rpc";
import { inPages, type Paged } from "./batches.ts";
import type { Made } from "./cache/made.ts";
import { checkId } from "./field-names.ts";
import { type ApiOrder, listOrders, toOrder } from "./order-resolvers.ts";
import { type ApiProduct, toProduct } from "./product-resolvers.ts";
import type { Services } from "./services.ts";
import type { Together } from "./together.ts";

export type Soon<T> = T | Promise<T>;

/** Who asks, and what their answer is made of. */
export type Asking = CallContext & { readonly made?: Made | undefined };

/** What most requests read, in the API's words. */
export type Reads = {
  product(id: string, call: Asking): Soon<ApiProduct | null>;
  /** The newest first. */
  products(page: Paged, call: Asking): Soon<ApiProduct[]>;
  order(id: string, call: CallContext): Promise<ApiOrder | null>;
  /** One's own, the newest first. */
  orders(page: Paged, call: CallContext): Promise<ApiOrder[]>;
};

/** Reads that ask the services each time. */
export function readServices(services: Services, together: Together): Reads {
  return {
    async product(id, call) {
      const product = await together.product(checkId(id), call);
      return product ? toProduct(product) : null;
    },
    async products(page, call) {
      const found = await inPages(page, async (part) => (await services.catalog.listProducts(part, call)).products);
      return found.map(toProduct);
    },
    async order(id, call) {
      const order = await together.order({ id: checkId(id), authorization: call.authorization ?? "" }, call);
      return order ? toOrder(order) : null;
    },
    orders: (page, call) => listOrders(services, page, { all: false }, call),
  };
}
