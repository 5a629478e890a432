import { pendingEvent } from "@sidecart/platform/events";
import type { CallContext } from "@sidecart/platform/rpc";
import { AppError, commonErrors, currency, id, minorUnits, parse, shownName, shownText } from "@sidecart/platform/rpc";
import { ProductChangedSchema } from "@sidecart/proto/catalog/v1/events";
import { z } from "zod";
import { attributes, imageUrl } from "./create-product.ts";
import type { Deps } from "./deps.ts";
import { catalogErrors } from "./errors.ts";
import { ownerScope, type Product } from "./product.ts";
import type { ProductChanges } from "./product-store.ts";

const request = z.object({
  id,
  name: shownName(200).optional(),
  description: shownText(5_000).optional(),
  price: minorUnits.optional(),
  currency: currency.optional(),
  category: shownName(60).optional(),
  imageUrl: imageUrl.optional(),
  attributes: z.object({ values: attributes }).optional(),
});

/** Changes only the fields that are set. */
export async function updateProduct(deps: Deps, input: unknown, context: CallContext): Promise<Product> {
  const { id: productId, attributes: replaced, ...changes } = parse(request, input);
  if (!replaced && Object.keys(changes).length === 0) {
    throw new AppError(commonErrors.invalid, { message: "Set at least one field." });
  }
  return change(deps, productId, { ...changes, ...(replaced && { attributes: replaced.values }) }, context);
}

/** Removes the product from the catalog. Orders keep their lines. */
export async function deleteProduct(deps: Deps, input: unknown, context: CallContext): Promise<void> {
  const { id: productId } = parse(z.object({ id }), input);
  await change(deps, productId, { deleted: true }, context);
}

async function change(
  deps: Deps,
  productId: string,
  changes: ProductChanges & { deleted?: boolean },
  context: CallContext,
): Promise<Product> {
  const owner = ownerScope(await deps.verifier.requirePresent(context, "admin", "partner"));
  const event = pendingEvent(ProductChangedSchema, productId);
  const { product, known } = await deps.products.update(productId, owner, changes, deps.clock.now(), event, context);
  if (!product) throw new AppError(known ? commonErrors.forbidden : catalogErrors.productNotFound);
  deps.kickIndexer();
  return product;
}
