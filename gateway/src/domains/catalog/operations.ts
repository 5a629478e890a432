import { newId } from "@sidecart/platform/ids";
import { AppError, commonErrors } from "@sidecart/platform/rpc";
import { InventoryChange, ProductSort } from "@sidecart/proto/catalog/v1/catalog";
import { latestVersion } from "../../cache/changes.ts";
import type { MaybePromise } from "../../cache/maybe-promise.ts";
import { answered } from "../../calls/answer.ts";
import type { GatewayCall } from "../../calls/gateway-call.ts";
import type { PageInput } from "../../calls/paging.ts";
import type { Services } from "../../services.ts";
import type { ProductCache } from "./cache.ts";
import {
  type ApiProduct,
  type ApiReindexProgress,
  type NewProduct,
  type ProductChanges,
  type ProductFilter,
  toFilter,
  toNewProduct,
  toProduct,
  toProductChanges,
  toReindexProgress,
} from "./model.ts";

export type CatalogDeps = { catalog: Services["catalog"]; cache: ProductCache };

export function readProduct({ cache }: CatalogDeps, id: string, call: GatewayCall): MaybePromise<ApiProduct | null> {
  return cache.product(id, call);
}

/** The products of these ids that exist. */
export async function readProducts({ cache }: CatalogDeps, ids: string[], call: GatewayCall): Promise<ApiProduct[]> {
  const products = await Promise.all(ids.map((id) => cache.product(id, call)));
  return products.filter((product) => product !== null);
}

/** Newest first. With `query` the best matches, in one page only. */
export function listProducts(
  deps: CatalogDeps,
  { query, ...page }: PageInput & { query?: string | null | undefined },
  call: GatewayCall,
): MaybePromise<ApiProduct[]> {
  if (!query) return deps.cache.products(page, call);
  if (page.after) throw new AppError(commonErrors.invalid, { message: "To page through matches, use searchProducts." });
  return bestMatches(deps, query, page.first ?? 20, call);
}

async function bestMatches({ catalog }: CatalogDeps, query: string, first: number, call: GatewayCall) {
  const request = { query, first, sort: ProductSort.RELEVANCE };
  return (await catalog.searchProducts(request, call.forService())).products.map(toProduct);
}

export type Search = {
  query: string;
  filter?: ProductFilter | null | undefined;
  sort: keyof typeof ProductSort;
  first: number;
  after?: string | null | undefined;
};

export async function searchProducts({ catalog }: CatalogDeps, search: Search, call: GatewayCall) {
  const { query, sort, first, after, filter } = search;
  const request = {
    query,
    sort: ProductSort[sort],
    first,
    after: after ?? "",
    ...(filter && { filter: toFilter(filter) }),
  };
  const { products, total, cursor, facets } = await catalog.searchProducts(request, call.forService());
  return { items: products.map(toProduct), total, cursor: cursor || null, facets };
}

export async function suggestProducts(
  { catalog }: CatalogDeps,
  wanted: { prefix: string; first: number },
  call: GatewayCall,
): Promise<string[]> {
  return (await catalog.suggestProducts(wanted, call.forService())).suggestions;
}

export async function createProduct(
  { catalog, cache }: CatalogDeps,
  input: NewProduct,
  call: GatewayCall,
): Promise<ApiProduct> {
  const request = { ...toNewProduct(input), commandId: newId() };
  const { product } = await catalog.createProduct(request, call.forService());
  cache.apply(changeOf(request.commandId));
  return toProduct(answered(product, "a product"));
}

export async function updateProduct(
  { catalog, cache }: CatalogDeps,
  input: ProductChanges,
  call: GatewayCall,
): Promise<ApiProduct> {
  const { product } = await catalog.updateProduct(toProductChanges(input), call.forService());
  cache.apply(changeOf(input.id));
  return toProduct(answered(product, "a product"));
}

export type InventoryUpdate = { id: string; type: keyof typeof InventoryChange; number: number; reason: string };

/** Returns the stock after the update. */
export async function updateInventory(
  { catalog, cache }: CatalogDeps,
  input: InventoryUpdate,
  call: GatewayCall,
): Promise<number> {
  const request = { ...input, type: InventoryChange[input.type], commandId: newId() };
  const { stock } = await catalog.updateInventory(request, call.forService());
  cache.apply({ ...changeOf(input.id), inPlace: input.type !== "DELETE" });
  return stock;
}

export const reindex = ({ catalog }: CatalogDeps, call: GatewayCall) => catalog.reindex({}, call.forService());

export async function readReindex(
  { catalog }: CatalogDeps,
  index: string,
  call: GatewayCall,
): Promise<ApiReindexProgress> {
  return toReindexProgress(await catalog.getReindex({ index }, call.forService()));
}

/** The replica that makes a change invalidates its own cache before it responds, so callers read their own writes. */
const changeOf = (id: string) => ({ id: id.toLowerCase(), owner: "", version: latestVersion, inPlace: false });
