import type { estypes } from "@elastic/elasticsearch";
import { type FacetField, facetFields, maxFacetValues, priceBuckets } from "@sidecart/search/facets";
import type { Filter, Sort } from "@sidecart/search/requests";
import {
  allowedEdits,
  fieldWeights,
  matchWeights,
  minPrefixLength,
  queryTerms,
  requiredTerms,
} from "@sidecart/search/terms";
import { maxPrefixLength } from "./mapping.ts";

type Query = estypes.QueryDslQueryContainer;

const fields = Object.entries(fieldWeights).map(([field, weight]) => `${field}^${weight}`);
// A document with the exact word also matches by prefix. Both matches count: the best in full, the others by half.
const tieBreaker = 0.5;

/** Live documents with at least the required number of the query's terms. */
export function textQuery(text: string, filters: Query[]): Query {
  const terms = queryTerms(text);
  const live: Query = { term: { live: true } };
  if (terms.length === 0) return { bool: { must: { match_all: {} }, filter: [live, ...filters] } };
  return {
    bool: {
      filter: [live, ...filters],
      should: terms.map(matchTerm),
      minimum_should_match: requiredTerms(terms.length),
    },
  };
}

function matchTerm(query: string): Query {
  const edits = allowedEdits(query);
  const queries: Query[] = [{ multi_match: { query, fields } }];
  if (query.length >= minPrefixLength) {
    queries.push({ multi_match: { query, fields, type: "bool_prefix", boost: matchWeights.prefix } });
  }
  if (edits > 0) {
    queries.push({ multi_match: { query, fields, fuzziness: edits, prefix_length: 1, boost: matchWeights.fuzzy } });
  }
  return { dis_max: { queries, tie_breaker: tieBreaker } };
}

/** Live documents whose name has, for each typed term, a word with that prefix or a similar one; undefined without terms. */
export function namePrefixQuery(prefix: string): Query | undefined {
  const terms = queryTerms(prefix).map((term) => [...term].slice(0, maxPrefixLength).join(""));
  if (terms.length === 0) return undefined;
  const must = terms.map((query): Query => {
    const starts: Query = { match: { namePrefixes: { query } } };
    if (allowedEdits(query) === 0) return starts;
    const nearly: Query = {
      match: { namePrefixes: { query, fuzziness: 1, prefix_length: 1, boost: matchWeights.fuzzy } },
    };
    return { dis_max: { queries: [starts, nearly], tie_breaker: tieBreaker } };
  });
  return { bool: { must, filter: { term: { live: true } } } };
}

export function currencyFilter({ currency }: Filter): Query[] {
  return currency === undefined ? [] : [{ term: { currency } }];
}

/** The filters of the fields that have a facet, by field. */
export function facetFilters(filter: Filter): Partial<Record<FacetField, Query>> {
  const { categories, partnerId, inStock, priceFrom, priceTo } = filter;
  const bounds = { ...(priceFrom !== undefined && { gte: priceFrom }), ...(priceTo !== undefined && { lte: priceTo }) };
  return {
    ...(categories && { category: { terms: { categoryKey: categories } } }),
    ...(partnerId !== undefined && { partnerId: { term: { partnerId } } }),
    ...(inStock !== undefined && { inStock: { term: { inStock } } }),
    ...(Object.keys(bounds).length > 0 && { price: { range: { price: bounds } } }),
  };
}

/** One aggregation per facet, over the documents that pass every filter except the facet's own. */
export function facetAggregations(
  filters: Partial<Record<FacetField, Query>>,
): Record<string, estypes.AggregationsAggregationContainer> {
  const aggregations = facetFields.map((field) => {
    const { [field]: _own, ...others } = filters;
    return [field, { filter: { bool: { filter: Object.values(others) } }, aggs: { values: counts[field] } }];
  });
  return Object.fromEntries(aggregations);
}

// One more value than we keep, because the empty value is dropped. The shard size makes the top counts exact.
const terms = (field: string) => ({ terms: { field, size: maxFacetValues + 1, shard_size: 1_000 } });

const counts: Record<FacetField, estypes.AggregationsAggregationContainer> = {
  category: terms("categoryKey"),
  partnerId: terms("partnerId"),
  inStock: terms("inStock"),
  price: {
    range: {
      field: "price",
      ranges: priceBuckets.map(({ value, from, to }) => ({ key: value, from, ...(to !== null && { to: to + 1 }) })),
    },
  },
};

const byId: estypes.SortCombinations = { id: "asc" };
export const byScore: estypes.SortCombinations = { _score: { order: "desc" } };

export const sortOrders: Record<Sort, estypes.SortCombinations[]> = {
  relevance: [byScore, byId],
  "price-asc": [{ price: "asc" }, byId],
  "price-desc": [{ price: "desc" }, byId],
  newest: [{ createdAtMs: "desc" }, byId],
  name: [{ sortName: "asc" }, byId],
};
