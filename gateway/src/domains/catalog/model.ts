import type { Facet, GetReindexResponse, Product } from "@sidecart/proto/catalog/v1/catalog";
import { toEnum } from "../../calls/enum-names.ts";
import type { Edge, Listed } from "../../calls/paging.ts";

/** A product as the API shows it. */
export const toProduct = (product: Product) => ({
  ...product,
  partnerId: product.partnerId || null,
  imageUrl: product.imageUrl || null,
});

export type ApiProduct = ReturnType<typeof toProduct>;
export type ApiProductConnection = Listed<ApiProduct>;
export type ApiProductEdge = Edge<ApiProduct>;
export type ApiProductSearchConnection = Listed<ApiProduct> & { totalCount: number; facets: Facet[] };

export const toReindexProgress = ({ state, indexed }: GetReindexResponse) => ({ state: toEnum(state), indexed });

export type ApiReindexProgress = ReturnType<typeof toReindexProgress>;

/** The filter as clients send it. */
export type ProductFilter = {
  categories?: string[] | null | undefined;
  partnerId?: string | null | undefined;
  priceFrom?: number | null | undefined;
  priceTo?: number | null | undefined;
  currency?: string | null | undefined;
  inStock?: boolean | null | undefined;
};

export const toFilter = (filter: ProductFilter) => ({
  categories: filter.categories ?? [],
  partnerId: filter.partnerId ?? "",
  currency: filter.currency ?? "",
  inStock: filter.inStock ?? false,
  ...(filter.priceFrom != null && { priceFrom: BigInt(filter.priceFrom) }),
  ...(filter.priceTo != null && { priceTo: BigInt(filter.priceTo) }),
});

export type NewProduct = {
  name: string;
  description: string;
  price: number;
  currency: string;
  stock: number;
  category: string;
  attributes?: Record<string, string> | null | undefined;
  partnerId?: string | null | undefined;
  imageUrl?: string | null | undefined;
};

export const toNewProduct = ({ price, attributes, partnerId, imageUrl, ...rest }: NewProduct) => ({
  ...rest,
  price: BigInt(price),
  attributes: attributes ?? {},
  partnerId: partnerId ?? "",
  imageUrl: imageUrl ?? "",
});

type Changeable = Omit<NewProduct, "stock" | "partnerId">;
export type ProductChanges = { id: string } & { [K in keyof Changeable]?: Changeable[K] | null | undefined };

export function toProductChanges({ id, price, attributes, ...texts }: ProductChanges) {
  const given = Object.fromEntries(Object.entries(texts).filter(([, value]) => value != null));
  return {
    id,
    ...given,
    ...(price != null && { price: BigInt(price) }),
    ...(attributes && { attributes: { values: attributes } }),
  };
}
