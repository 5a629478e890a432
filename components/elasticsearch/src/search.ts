import type { Client, estypes } from "@elastic/elasticsearch";
import { decodeCursor, encodeCursor } from "@sidecart/search/cursor";
import type { SearchDocument } from "@sidecart/search/document";
import type { SearchPage } from "@sidecart/search/engine";
import { type Facet, facetFields, toFacet } from "@sidecart/search/facets";
import type { Request } from "@sidecart/search/requests";
import { translateErrors } from "./client.ts";
import {
  byScore,
  currencyFilter,
  facetAggregations,
  facetFilters,
  namePrefixQuery,
  sortOrders,
  textQuery,
} from "./query.ts";

// Scores differ slightly between the copies of a shard. The same query always uses the same copies, so that its pages
// neither overlap nor leave gaps.
const shardPreference = (target: string, text: string) => `${target} ${text}`.replace(/[^a-z0-9]/gi, "-").slice(0, 100);

export async function search(
  client: Client,
  target: string,
  request: Request<"search">,
  signal: AbortSignal,
): Promise<SearchPage> {
  const { query, filter, sort, first, after, cursors, facets } = request;
  const filters = facetFilters(filter);
  const narrow = Object.values(filters);
  const position = after === undefined ? undefined : decodeCursor(sort, after);
  const body: estypes.SearchRequest = {
    index: target,
    // One hit more than the page holds shows whether there is a next page.
    size: first + 1,
    query: textQuery(query, [...currencyFilter(filter), ...(facets ? [] : narrow)]),
    ...(facets && { post_filter: { bool: { filter: narrow } }, aggs: facetAggregations(filters) }),
    sort: sortOrders[sort],
    ...(position && { search_after: [position.key, position.id] }),
    _source: false,
    track_total_hits: true,
    allow_partial_search_results: false,
    preference: shardPreference(target, query),
  };
  const response = await translateErrors(client.search(body, { signal }));
  const page = response.hits.hits.slice(0, first);
  const last = page.at(-1);
  return {
    ids: page.map((hit) => String(hit._id)),
    total: (response.hits.total as estypes.SearchTotalHits).value,
    cursor: last && response.hits.hits.length > first ? cursorAfter(last, request) : null,
    cursors: cursors ? page.map((hit) => cursorAfter(hit, request)) : [],
    facets: facets ? readFacets(response.aggregations as Record<string, FacetResult>) : [],
  };
}

function cursorAfter(hit: estypes.SearchHit, { sort }: Request<"search">): string {
  const [key, id] = hit.sort ?? [];
  return encodeCursor(sort, { key: key as number | string, id: String(id) });
}

type FacetResult = { values: { buckets: { key: string | number; key_as_string?: string; doc_count: number }[] } };

function readFacets(aggregations: Record<string, FacetResult>): Facet[] {
  return facetFields.map((field) => {
    const buckets = aggregations[field]?.values.buckets ?? [];
    return toFacet(
      field,
      buckets.map((bucket) => [bucket.key_as_string ?? String(bucket.key), bucket.doc_count] as const),
    );
  });
}

export async function suggest(
  client: Client,
  target: string,
  { prefix, first }: Request<"suggest">,
  signal: AbortSignal,
): Promise<string[]> {
  const query = namePrefixQuery(prefix);
  if (!query) return [];
  const body: estypes.SearchRequest = {
    index: target,
    size: first,
    query,
    collapse: { field: "sortName" },
    sort: [byScore, { sortName: "asc" }],
    _source: ["document.name"],
    track_total_hits: false,
    allow_partial_search_results: false,
  };
  const response = await translateErrors(client.search<{ document: Pick<SearchDocument, "name"> }>(body, { signal }));
  return response.hits.hits.flatMap((hit) => (hit._source ? [hit._source.document.name] : []));
}
