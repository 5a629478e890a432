import { decodeCursor, encodeCursor, type Position } from "@sidecart/search/cursor";
import type { SearchPage } from "@sidecart/search/engine";
import { type Facet, type FacetField, facetFields, priceBuckets, toFacet } from "@sidecart/search/facets";
import { compareText } from "@sidecart/search/order";
import type { Filter, Request, Sort } from "@sidecart/search/requests";
import type { Facts, Hit } from "./text-index.ts";

/** Filters, counts, sorts and cuts the hits of a search to the page that was asked for. */
export function toPage(hits: Hit[], request: Request<"search">): SearchPage {
  const { filter, sort, first } = request;
  const inCurrency = hits.filter(({ facts }) => filter.currency === undefined || facts.currency === filter.currency);
  const tests = facetTests(filter);
  const found = inCurrency.filter(({ facts }) => facetFields.every((field) => tests[field](facts)));

  const order = orders[sort];
  const after = request.after === undefined ? undefined : decodeCursor(sort, request.after);
  const rest = after ? found.filter((hit) => order.compare(toPosition(hit, sort), after) > 0) : found;
  const page = smallest(rest, first, (a, b) => order.compare(toPosition(a, sort), toPosition(b, sort)));
  const last = page.at(-1);
  return {
    ids: page.map(({ facts }) => facts.id),
    total: found.length,
    cursor: last && rest.length > page.length ? encodeCursor(sort, toPosition(last, sort)) : null,
    facets: request.facets ? countFacets(inCurrency, tests) : [],
  };
}

type Order = { key(hit: Hit): number | string; compare(a: Position, b: Position): number };

const byId = (a: Position, b: Position) => compareText(a.id, b.id);
const ascending = (a: Position, b: Position) => Number(a.key) - Number(b.key) || byId(a, b);
const descending = (a: Position, b: Position) => Number(b.key) - Number(a.key) || byId(a, b);

const orders: Record<Sort, Order> = {
  relevance: { key: ({ score }) => score, compare: descending },
  "price-asc": { key: ({ facts }) => facts.price, compare: ascending },
  "price-desc": { key: ({ facts }) => facts.price, compare: descending },
  newest: { key: ({ facts }) => facts.createdAtMs, compare: descending },
  name: {
    key: ({ facts }) => facts.sortName,
    compare: (a, b) => compareText(String(a.key), String(b.key)) || byId(a, b),
  },
};

function toPosition(hit: Hit, sort: Sort): Position {
  return { key: orders[sort].key(hit), id: hit.facts.id };
}

/** The first `count` in order, without sorting the rest. */
function smallest<Item>(items: Item[], count: number, compare: (a: Item, b: Item) => number): Item[] {
  const kept: Item[] = [];
  for (const item of items) {
    const last = kept.at(-1);
    if (kept.length === count && last !== undefined && compare(item, last) >= 0) continue;
    let low = 0;
    for (let high = kept.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if (compare(kept[middle] as Item, item) < 0) low = middle + 1;
      else high = middle;
    }
    kept.splice(low, 0, item);
    if (kept.length > count) kept.pop();
  }
  return kept;
}

type FacetTests = Record<FacetField, (facts: Facts) => boolean>;

function facetTests({ categories, partnerId, inStock, priceFrom = 0, priceTo = Infinity }: Filter): FacetTests {
  const wanted = categories && new Set(categories);
  return {
    category: (facts) => wanted?.has(facts.category) ?? true,
    partnerId: (facts) => partnerId === undefined || facts.partnerId === partnerId,
    inStock: (facts) => inStock === undefined || facts.inStock === inStock,
    price: (facts) => facts.price >= priceFrom && facts.price <= priceTo,
  };
}

/** Each facet is counted over the hits that pass every filter but its own. */
function countFacets(hits: Hit[], tests: FacetTests): Facet[] {
  return facetFields.map((field) => {
    const others = facetFields.filter((each) => each !== field);
    const counts = new Map<string, number>(field === "price" ? priceBuckets.map(({ value }) => [value, 0]) : []);
    for (const { facts } of hits) {
      if (!others.every((each) => tests[each](facts))) continue;
      const value = field === "price" ? bucketOf(facts.price) : String(facts[field]);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return toFacet(field, counts);
  });
}

function bucketOf(price: number): string {
  return priceBuckets.findLast(({ from }) => price >= from)?.value ?? "";
}
