import { type CacheInvalidation, changeOf } from "@sidecart/platform/events";
import type { ProductState } from "@sidecart/proto/catalog/v1/events";
import {
  CatalogChangedSchema,
  ProductChangedSchema,
  ProductCreatedSchema,
  StockChangedSchema,
} from "@sidecart/proto/catalog/v1/events";

const ofProduct = ({ product }: { product?: ProductState | undefined }) => ({
  id: product?.id,
  version: product?.version,
});

/**
 * Every change of a product or its stock invalidates caches. StockDepleted is not listed, because StockChanged comes
 * with it.
 */
export const cacheInvalidation: CacheInvalidation = {
  type: CatalogChangedSchema,
  changes: [
    changeOf(ProductCreatedSchema, ofProduct),
    changeOf(ProductChangedSchema, ofProduct),
    changeOf(StockChangedSchema, ({ productId, version, stock }) => ({ id: productId, version, stock })),
  ],
};
