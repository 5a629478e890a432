import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Caller } from "@sidecart/platform/rpc";
import { AppError, commonErrors } from "@sidecart/platform/rpc";
import type { ProductSchema } from "@sidecart/proto/catalog/v1/catalog";

/** A product as the store gives it: `stock` is what can still be ordered, `price` minor units of `currency`. */
export type Product = {
  id: string;
  name: string;
  description: string;
  price: number;
  currency: string;
  stock: number;
  category: string;
  attributes: Record<string, string>;
  partnerId: string | null;
  imageUrl: string;
  version: number;
  createdAt: string;
};

export function toProto(product: Product): MessageInitShape<typeof ProductSchema> {
  return { ...product, price: BigInt(product.price), partnerId: product.partnerId ?? "" };
}

/** Whose products a caller may change: everything for an admin (null), its own for a partner. */
export function ownerScope(caller: Caller): string | null {
  if (caller.roles.includes("admin")) return null;
  if (caller.roles.includes("partner")) return caller.accountId;
  throw new AppError(commonErrors.forbidden);
}
