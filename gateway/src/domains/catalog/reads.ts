import { inOrderOf } from "@sidecart/platform/ids";
import { type CallContext, createBatcher } from "@sidecart/platform/rpc";
import type { Product } from "@sidecart/proto/catalog/v1/catalog";
import { batchBounds, readPace, unique, withoutToken } from "../../calls/batching.ts";
import { checkId } from "../../calls/field-names.ts";
import { inPages, type Listed, type PageInput } from "../../calls/paging.ts";
import type { Services } from "../../services.ts";
import { type ApiProduct, toProduct } from "./model.ts";

/** Reads products from the service, past the cache. */
export type ProductSource = {
  product(id: string, context: CallContext): Promise<ApiProduct | null>;
  /** Newest first. */
  products(page: PageInput, context: CallContext): Promise<Listed<ApiProduct>>;
};

/** Calls the service each time. Concurrent reads of single products are batched into one call. */
export function productSource({ catalog }: Pick<Services, "catalog">): ProductSource {
  const batched = createBatcher<string, Product | undefined>({
    ...batchBounds,
    pace: readPace,
    name: "products",
    async run(ids, context) {
      const { products } = await catalog.getProducts({ ids: unique(ids) }, withoutToken(context));
      return inOrderOf(ids, products);
    },
  });
  return {
    async product(id, context) {
      const product = await batched(checkId(id), context);
      return product ? toProduct(product) : null;
    },
    products: (requested, context) =>
      inPages(requested, async (page) => {
        const { products, cursor } = await catalog.listProducts(page, context);
        return { rows: products.map(toProduct), cursor };
      }),
  };
}
