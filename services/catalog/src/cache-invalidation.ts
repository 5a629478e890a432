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

/** Caches hear of every change of a product and of its stock. Stock that ran out is a change of stock besides. */
export const cacheInvalidation: CacheInvalidation = {
  type: CatalogChangedSchema,
  changes: [
    changeOf(ProductCreatedSchema, ofProduct),
    changeOf(ProductChangedSchema, ofProduct),
    changeOf(StockChangedSchema, ({ productId, version, stock }) => ({ id: productId, version, stock })),
  ],
};
