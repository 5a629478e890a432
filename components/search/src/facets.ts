export const facetFields = ["category", "partnerId", "inStock", "price"] as const;
export type FacetField = (typeof facetFields)[number];
export type Facet = { field: FacetField; values: { value: string; count: number }[] };

/** Values kept for a facet, the most frequent first. */
export const maxFacetValues = 50;

export type PriceBucket = { value: string; from: number; to: number | null };

/** In minor units, both ends included, so that "1000-2499" is `priceFrom: 1000, priceTo: 2499`; "25000-" has no end. */
export const priceBuckets: readonly PriceBucket[] = [0, 1_000, 2_500, 5_000, 10_000, 25_000].map((from, at, starts) => {
  const next = starts[at + 1];
  return next === undefined
    ? { value: `${from}-`, from, to: null }
    : { value: `${from}-${next - 1}`, from, to: next - 1 };
});

/** Price buckets stay in their order, other values come most frequent first; no value and no count are left out. */
export function toFacet(field: FacetField, counts: Iterable<readonly [string, number]>): Facet {
  const values = [...counts]
    .filter(([value, count]) => value !== "" && count > 0)
    .map(([value, count]) => ({ value, count }));
  if (field !== "price") values.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  return { field, values: values.slice(0, maxFacetValues) };
}
