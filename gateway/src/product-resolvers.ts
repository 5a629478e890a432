import { newId } from "@sidecart/platform/ids";
import { AppError, commonErrors } from "@sidecart/platform/rpc";
import { InventoryChange, type Product, ProductSort } from "@sidecart/proto/catalog/v1/catalog";
import type { Paged } from "./batches.ts";
import type { GatewayContext } from "./context.ts";

/** A product in the API's words. */
export const toProduct = (product: Product) => ({
  ...product,
  partnerId: product.partnerId || null,
  imageUrl: product.imageUrl || null,
});

export type ApiProduct = ReturnType<typeof toProduct>;

type Filter = {
  categories?: string[] | null;
  partnerId?: string | null;
  priceFrom?: number | null;
  priceTo?: number | null;
  currency?: string | null;
  inStock?: boolean | null;
};
type SearchArgs = { query: string; filter?: Filter; sort: keyof typeof ProductSort; first: number; after?: string };

const toFilter = (filter: Filter) => ({
  categories: filter.categories ?? [],
  partnerId: filter.partnerId ?? "",
  currency: filter.currency ?? "",
  inStock: filter.inStock ?? false,
  ...(filter.priceFrom != null && { priceFrom: BigInt(filter.priceFrom) }),
  ...(filter.priceTo != null && { priceTo: BigInt(filter.priceTo) }),
});

export const productQueries = {
  async products(_: unknown, args: Paged & { query?: string | null }, { services, reads, call }: GatewayContext) {
    const { first, after, query } = args;
    if (query && after)
      throw new AppError(commonErrors.invalid, { message: "Page through matches with searchProducts." });
    if (!query) return reads.products({ first, after }, call);
    const request = { query, first: first ?? 20, sort: ProductSort.RELEVANCE };
    return (await services.catalog.searchProducts(request, call)).products.map(toProduct);
  },
  product: (_: unknown, { id }: { id: string }, { reads, call }: GatewayContext) => reads.product(id, call),
  async searchProducts(_: unknown, args: SearchArgs, { services, call }: GatewayContext) {
    const { query, sort, first, after = "", filter } = args;
    const request = { query, sort: ProductSort[sort], first, after, ...(filter && { filter: toFilter(filter) }) };
    const { products, total, cursor, facets } = await services.catalog.searchProducts(request, call);
    return { items: products.map(toProduct), total, cursor: cursor || null, facets };
  },
  reindexProgress: (_: unknown, args: { index: string }, { services, call }: GatewayContext) =>
    services.catalog.getReindex(args, call),
  async suggestProducts(_: unknown, args: { prefix: string; first: number }, { services, call }: GatewayContext) {
    return (await services.catalog.suggestProducts(args, call)).suggestions;
  },
};

type Input<T> = { input: T };
type ProductInput = {
  name: string;
  description: string;
  price: number;
  currency: string;
  stock: number;
  category: string;
  attributes?: Record<string, string> | null;
  partnerId?: string | null;
  imageUrl?: string | null;
};
type Changes = { id: string } & { [K in keyof Omit<ProductInput, "stock" | "partnerId">]?: ProductInput[K] | null };

export const productMutations = {
  async createProduct(_: unknown, { input }: Input<ProductInput>, { services, reads, call }: GatewayContext) {
    const { price, attributes, partnerId, imageUrl, ...rest } = input;
    const request = {
      ...rest,
      commandId: newId(),
      price: BigInt(price),
      attributes: attributes ?? {},
      partnerId: partnerId ?? "",
      imageUrl: imageUrl ?? "",
    };
    const { product } = await services.catalog.createProduct(request, call);
    reads.productChanged(request.commandId);
    return product && toProduct(product);
  },
  async updateProduct(_: unknown, { input }: Input<Changes>, { services, reads, call }: GatewayContext) {
    const { id, price, attributes, ...texts } = input;
    const given = Object.fromEntries(Object.entries(texts).filter(([, value]) => value != null));
    const request = {
      id,
      ...given,
      ...(price != null && { price: BigInt(price) }),
      ...(attributes && { attributes: { values: attributes } }),
    };
    const { product } = await services.catalog.updateProduct(request, call);
    reads.productChanged(id);
    return product && toProduct(product);
  },
  async deleteProduct(_: unknown, { input }: Input<{ id: string }>, { services, reads, call }: GatewayContext) {
    await services.catalog.deleteProduct(input, call);
    reads.productChanged(input.id);
    return { success: true };
  },
  async updateInventory(
    _: unknown,
    { input }: Input<{ id: string; type: "ADD" | "SUBTRACT" | "SET" | "DELETE"; number: number; reason: string }>,
    { services, reads, call }: GatewayContext,
  ) {
    const request = { ...input, type: InventoryChange[input.type], commandId: newId() };
    const { stock } = await services.catalog.updateInventory(request, call);
    if (input.type === "DELETE") reads.productChanged(input.id);
    else reads.stockChanged(input.id);
    return { success: true, stock };
  },
  reindex: (_: unknown, __: unknown, { services, call }: GatewayContext) => services.catalog.reindex({}, call),
};
