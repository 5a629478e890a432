import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Caller } from "@sidecart/platform/rpc";
import { AppError, commonErrors } from "@sidecart/platform/rpc";
import type { ProductSchema } from "@sidecart/proto/catalog/v1/catalog";
import { z } from "zod";

/** A product as the store returns it. `stock` is what can be ordered, `price` is in minor units of `currency`. */
export const product = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  price: z.number(),
  currency: z.string(),
  stock: z.number(),
  category: z.string(),
  attributes: z.record(z.string(), z.string()),
  partnerId: z.string().nullable(),
  imageUrl: z.string(),
  version: z.number(),
  createdAt: z.string(),
});
export type Product = z.infer<typeof product>;

export function toProto(product: Product): MessageInitShape<typeof ProductSchema> {
  return { ...product, price: BigInt(product.price), partnerId: product.partnerId ?? "" };
}

/** The owner whose products a caller may change: any (null) for an admin, its own for a partner. */
export function ownerScope(caller: Caller): string | null {
  if (caller.roles.includes("admin")) return null;
  if (caller.roles.includes("partner")) return caller.accountId;
  throw new AppError(commonErrors.forbidden);
}
