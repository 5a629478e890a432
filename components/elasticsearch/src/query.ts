import type { estypes } from "@elastic/elasticsearch";
import { type FacetField, facetFields, maxFacetValues, priceBuckets } from "@sidecart/search/facets";
import type { Filter, Sort } from "@sidecart/search/requests";
import {
  fieldWeights,
  forgivenEdits,
  matchWeights,
  minPrefixLength,
  queryTerms,
  requiredTerms,
} from "@sidecart/search/terms";
import { maxPrefixLength } from "./mapping.ts";

type Query = estypes.QueryDslQueryContainer;

const fields = Object.entries(fieldWeights).map(([field, weight]) => `${field}^${weight}`);
// A document that has the word itself also matches by its start: it counts for both.
const bothWays = 0.5;

/** Live documents that have enough of the words. */
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
  const edits = forgivenEdits(query);
  const ways: Query[] = [{ multi_match: { query, fields } }];
  if (query.length >= minPrefixLength) {
    ways.push({ multi_match: { query, fields, type: "bool_prefix", boost: matchWeights.prefix } });
  }
  if (edits > 0) {
    ways.push({ multi_match: { query, fields, fuzziness: edits, prefix_length: 1, boost: matchWeights.fuzzy } });
  }
  return { dis_max: { queries: ways, tie_breaker: bothWays } };
}

/** Live documents whose name has a word that starts with, or nearly with, each typed term; undefined if none was typed. */
export function namePrefixQuery(prefix: string): Query | undefined {
  const terms = queryTerms(prefix).map((term) => [...term].slice(0, maxPrefixLength).join(""));
  if (terms.length === 0) return undefined;
  const must = terms.map((query): Query => {
    const starts: Query = { match: { namePrefixes: { query } } };
    if (forgivenEdits(query) === 0) return starts;
    const nearly: Query = {
      match: { namePrefixes: { query, fuzziness: 1, prefix_length: 1, boost: matchWeights.fuzzy } },
    };
    return { dis_max: { queries: [starts, nearly], tie_breaker: bothWays } };
  });
  return { bool: { must, filter: { term: { live: true } } } };
}

export function currencyFilter({ currency }: Filter): Query[] {
  return currency === undefined ? [] : [{ term: { currency } }];
}

/** The filters that have a facet, by their facet. */
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

/** One aggregation for each facet, over what passes every filter but its own. */
export function facetAggregations(
  filters: Partial<Record<FacetField, Query>>,
): Record<string, estypes.AggregationsAggregationContainer> {
  const aggregations = facetFields.map((field) => {
    const { [field]: _own, ...others } = filters;
    return [field, { filter: { bool: { filter: Object.values(others) } }, aggs: { values: counts[field] } }];
  });
  return Object.fromEntries(aggregations);
}

// One more than is kept, for the empty value; enough candidates from every shard to count the most frequent right.
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
export const bestFirst: estypes.SortCombinations = { _score: { order: "desc" } };

export const sortOrders: Record<Sort, estypes.SortCombinations[]> = {
  relevance: [bestFirst, byId],
  "price-asc": [{ price: "asc" }, byId],
  "price-desc": [{ price: "desc" }, byId],
  newest: [{ createdAtMs: "desc" }, byId],
  name: [{ sortName: "asc" }, byId],
};
