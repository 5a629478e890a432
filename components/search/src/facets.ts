export const facetFields = ["category", "partnerId", "inStock", "price"] as const;
export type FacetField = (typeof facetFields)[number];
export type Facet = { field: FacetField; values: { value: string; count: number }[] };

/** A facet contains only its most frequent values, at most this many. */
export const maxFacetValues = 50;

export type PriceBucket = { value: string; from: number; to: number | null };

/** In minor units, both bounds inclusive: "1000-2499" is `priceFrom: 1000, priceTo: 2499`; "25000-" has no upper bound. */
export const priceBuckets: readonly PriceBucket[] = [0, 1_000, 2_500, 5_000, 10_000, 25_000].map((from, at, starts) => {
  const next = starts[at + 1];
  return next === undefined
    ? { value: `${from}-`, from, to: null }
    : { value: `${from}-${next - 1}`, from, to: next - 1 };
});

/** Sorts values by frequency, except price buckets, which keep their order. Drops empty values and zero counts. */
export function toFacet(field: FacetField, counts: Iterable<readonly [string, number]>): Facet {
  const values = [...counts]
    .filter(([value, count]) => value !== "" && count > 0)
    .map(([value, count]) => ({ value, count }));
  if (field !== "price") values.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  return { field, values: values.slice(0, maxFacetValues) };
}
