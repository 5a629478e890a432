import { changeOf, type Digest } from "@sidecart/platform/events";
import type { ProductState } from "@sidecart/proto/catalog/v1/events";
import { catalogChanged, productChanged, productCreated, stockChanged } from "./events.ts";

const ofProduct = ({ product }: { product?: ProductState | undefined }) => ({
  id: product?.id,
  version: product?.version,
});

/** What caches are told of the catalogue. Stock that ran out is a change of stock besides. */
export const digest: Digest = {
  type: catalogChanged,
  changes: [
    changeOf(productCreated, ofProduct),
    changeOf(productChanged, ofProduct),
    changeOf(stockChanged, ({ productId, version, stock }) => ({ id: productId, version, stock })),
  ],
};
