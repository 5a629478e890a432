import type { MessageInitShape } from "@bufbuild/protobuf";
import type { CallContext } from "@sidecart/platform/rpc";
import { currency, id, minorUnits, pageSize, parse, text } from "@sidecart/platform/rpc";
import { ProductSort, type SearchProductsResponseSchema } from "@sidecart/proto/catalog/v1/catalog";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import { toProto } from "./product.ts";
import type { SearchQuery } from "./search-index.ts";

const sorts: Record<ProductSort, SearchQuery["sort"]> = {
  [ProductSort.UNSPECIFIED]: "relevance",
  [ProductSort.RELEVANCE]: "relevance",
  [ProductSort.PRICE_ASC]: "price-asc",
  [ProductSort.PRICE_DESC]: "price-desc",
  [ProductSort.NEWEST]: "newest",
  [ProductSort.NAME]: "name",
};

const filter = z.object({
  categories: z.array(text(1, 60)).max(20),
  partnerId: z.union([z.literal(""), id]),
  priceFrom: minorUnits.optional(),
  priceTo: minorUnits.optional(),
  inStock: z.boolean(),
  currency: z.union([z.literal(""), currency]),
});
const pricedSorts: ProductSort[] = [ProductSort.PRICE_ASC, ProductSort.PRICE_DESC];
const request = z
  .object({
    query: text(0, 200),
    filter: filter.optional(),
    sort: z.enum(ProductSort),
    first: pageSize(100),
    after: text(0, 1_000),
    positions: z.boolean(),
    facets: z.boolean(),
  })
  .refine(
    ({ filter, sort }) => {
      const bounded = filter?.priceFrom !== undefined || filter?.priceTo !== undefined;
      return filter?.currency || !(bounded || pricedSorts.includes(sort));
    },
    { error: "is missing: prices compare only within one currency", path: ["filter", "currency"] },
  );

/**
 * Searches the index, and returns the products as they are in the database, so that price and stock are current. Prices of
 * several currencies are neither compared nor counted together.
 */
export async function searchProducts(
  deps: Deps,
  input: unknown,
  context: CallContext,
): Promise<MessageInitShape<typeof SearchProductsResponseSchema>> {
  const { query, filter: requested, sort, first, after, positions, facets } = parse(request, input);
  const found = await deps.index.search(
    {
      query,
      filter: filterOf(requested),
      sort: sorts[sort],
      first,
      cursors: positions,
      facets,
      ...(after && { after }),
    },
    context,
  );
  const products = found.ids.length > 0 ? await deps.products.byIds(found.ids, context) : [];
  const cursorOf = new Map(found.ids.map((id, at) => [id, found.cursors[at] ?? ""]));
  return {
    products: products.map(toProto),
    total: found.total,
    cursor: found.cursor ?? "",
    positions: positions ? products.map(({ id }) => cursorOf.get(id) ?? "") : [],
    facets: requested?.currency ? found.facets : found.facets.filter(({ field }) => field !== "price"),
  };
}

function filterOf(requested: z.infer<typeof filter> | undefined): SearchQuery["filter"] {
  if (!requested) return {};
  const { categories, partnerId, currency: code, inStock, priceFrom, priceTo } = requested;
  return {
    ...(categories.length > 0 && { categories }),
    ...(partnerId && { partnerId }),
    ...(code && { currency: code }),
    ...(inStock && { inStock }),
    ...(priceFrom !== undefined && { priceFrom }),
    ...(priceTo !== undefined && { priceTo }),
  };
}

/** Completions for a search box. */
export async function suggestProducts(deps: Deps, input: unknown, context: CallContext): Promise<string[]> {
  const { prefix, first } = parse(z.object({ prefix: text(0, 100), first: z.int().min(0).max(20) }), input);
  return prefix === "" ? [] : deps.index.suggest(prefix, first || 8, context);
}
