import { pendingEvent } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import type { CallContext } from "@sidecart/platform/rpc";
import { AppError, commonErrors, id, maxQuantity, parse, shownText } from "@sidecart/platform/rpc";
import { InventoryChange } from "@sidecart/proto/catalog/v1/catalog";
import { StockChangedSchema, StockDepletedSchema } from "@sidecart/proto/catalog/v1/events";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import { catalogErrors } from "./errors.ts";
import { ownerScope } from "./product.ts";
import { deleteProduct } from "./update-product.ts";

const types = {
  [InventoryChange.ADD]: "add",
  [InventoryChange.SUBTRACT]: "subtract",
  [InventoryChange.SET]: "set",
} as const;

const request = z.object({
  id,
  type: z.union([z.literal(InventoryChange.ADD), z.literal(InventoryChange.SUBTRACT), z.literal(InventoryChange.SET)]),
  number: z.int().min(0).max(maxQuantity),
  reason: shownText(500),
  commandId: z.union([z.literal(""), id]),
});

/**
 * Changes the units in stock, never to less than the reserved ones. Returns the new stock. A retry with the same
 * command id changes nothing and returns the same stock.
 */
export async function updateInventory(
  deps: Deps,
  input: { id: string; type: InventoryChange },
  context: CallContext,
): Promise<number> {
  if (input.type === InventoryChange.DELETE) {
    await deleteProduct(deps, { id: input.id }, context);
    return 0;
  }
  const caller = await deps.verifier.requirePresent(context, "admin", "partner");
  const owner = ownerScope(caller);
  const { type, commandId, ...rest } = parse(request, input);
  const change = {
    ...rest,
    type: types[type],
    changeId: commandId || newId(),
    actor: caller.accountId,
    most: maxQuantity,
  };
  const events = {
    changed: pendingEvent(StockChangedSchema, rest.id),
    depleted: pendingEvent(StockDepletedSchema, rest.id),
  };
  const outcome = await deps.products.changeStock(change, owner, deps.clock.now(), events, context);
  if (!outcome.known) throw new AppError(catalogErrors.productNotFound);
  if (!outcome.allowed) throw new AppError(commonErrors.forbidden);
  if (outcome.stock === null) {
    const kind = change.type === "subtract" ? catalogErrors.outOfStock : catalogErrors.tooMuchStock;
    throw new AppError(kind, { details: { productIds: [rest.id], available: outcome.available } });
  }
  deps.kickIndexer();
  return outcome.stock;
}
