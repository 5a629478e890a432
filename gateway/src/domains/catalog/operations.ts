import { newId } from "@sidecart/platform/ids";
import { InventoryChange, ProductSort } from "@sidecart/proto/catalog/v1/catalog";
import { latestVersion } from "../../cache/changes.ts";
import type { MaybePromise } from "../../cache/maybe-promise.ts";
import { answered } from "../../calls/answer.ts";
import type { GatewayCall } from "../../calls/gateway-call.ts";
import { type Listed, type PageInput, toPage } from "../../calls/paging.ts";
import type { Services } from "../../services.ts";
import type { ProductCache } from "./cache.ts";
import {
  type ApiProduct,
  type ApiProductSearchConnection,
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

/** Most products of one page of a search, and most suggestions. */
const maxMatches = 100;
const maxSuggestions = 20;

export type CatalogDeps = { catalog: Services["catalog"]; cache: ProductCache };

export function readProduct({ cache }: CatalogDeps, id: string, call: GatewayCall): MaybePromise<ApiProduct | null> {
  return cache.product(id, call);
}

/** The products of these ids that exist. */
export async function readProducts({ cache }: CatalogDeps, ids: string[], call: GatewayCall): Promise<ApiProduct[]> {
  const products = await Promise.all(ids.map((id) => cache.product(id, call)));
  return products.filter((product) => product !== null);
}

/** Newest first. With `query` the best matches. */
export function listProducts(
  deps: CatalogDeps,
  { query, positions, ...page }: PageInput & { query?: string | null | undefined; positions: boolean },
  call: GatewayCall,
): MaybePromise<Listed<ApiProduct>> {
  if (!query) return deps.cache.products(page, call);
  return searchProducts(deps, { ...page, query, sort: "RELEVANCE", positions, facets: false }, call);
}

export type Search = PageInput & {
  query: string;
  filter?: ProductFilter | null | undefined;
  sort: keyof typeof ProductSort;
  /** Whether the position of each product is needed. */
  positions: boolean;
  facets: boolean;
};

export async function searchProducts(
  { catalog }: CatalogDeps,
  { filter, sort, first, after, ...search }: Search,
  call: GatewayCall,
): Promise<ApiProductSearchConnection> {
  const request = {
    ...search,
    ...toPage({ first, after }, maxMatches),
    sort: ProductSort[sort],
    ...(filter && { filter: toFilter(filter) }),
  };
  const { products, total, cursor, positions, facets } = await catalog.searchProducts(request, call.forService());
  return { nodes: products.map(toProduct), next: cursor, positions, totalCount: total, facets };
}

export async function suggestProducts(
  { catalog }: CatalogDeps,
  { prefix, first }: { prefix: string; first: number },
  call: GatewayCall,
): Promise<string[]> {
  const request = { prefix, first: toPage({ first }, maxSuggestions).first };
  return (await catalog.suggestProducts(request, call.forService())).suggestions;
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
