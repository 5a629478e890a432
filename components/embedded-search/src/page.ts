import { decodeCursor, encodeCursor, type Position } from "@sidecart/search/cursor";
import type { SearchPage } from "@sidecart/search/engine";
import { type Facet, type FacetField, facetFields, priceBuckets, toFacet } from "@sidecart/search/facets";
import { compareText } from "@sidecart/search/order";
import type { Filter, Request, Sort } from "@sidecart/search/requests";
import type { Facts, Hit } from "./text-index.ts";

/** Filters, counts and sorts the hits of a search and returns the requested page. */
export function toPage(hits: Hit[], request: Request<"search">): SearchPage {
  const { filter, sort, first, cursors } = request;
  const { found, facets } = applyFilters(hits, filter, request.facets);
  const { compare } = orders[sort];
  const after = request.after === undefined ? undefined : decodeCursor(sort, request.after);
  const rest = after ? found.filter((hit) => compare(toPosition(hit, sort), after) > 0) : found;
  const page = smallest(rest, first, (a, b) => compare(toPosition(a, sort), toPosition(b, sort)));
  const last = page.at(-1);
  const cursorOf = (hit: Hit) => encodeCursor(sort, toPosition(hit, sort));
  return {
    ids: page.map(({ facts }) => facts.id),
    total: found.length,
    cursor: last && rest.length > page.length ? cursorOf(last) : null,
    cursors: cursors ? page.map(cursorOf) : [],
    facets,
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

/** The `count` smallest items in order, without sorting the rest. */
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

/** The hits that pass every filter. A facet also counts the hits that only its own filter excludes. */
function applyFilters(hits: Hit[], filter: Filter, counting: boolean): { found: Hit[]; facets: Facet[] } {
  const tests = facetTests(filter);
  const counts = facetFields.map((field) => ({ field, values: emptyCounts(field) }));
  const found: Hit[] = [];
  for (const hit of hits) {
    const { facts } = hit;
    if (filter.currency !== undefined && facts.currency !== filter.currency) continue;
    const missed = tests.filter(({ passes }) => !passes(facts));
    if (missed.length === 0) found.push(hit);
    if (!counting || missed.length > 1) continue;
    for (const { field, values } of counts) {
      if (missed[0] && missed[0].field !== field) continue;
      const value = field === "price" ? bucketOf(facts.price) : String(facts[field]);
      values.set(value, (values.get(value) ?? 0) + 1);
    }
  }
  return { found, facets: counting ? counts.map(({ field, values }) => toFacet(field, values)) : [] };
}

type FacetTest = { field: FacetField; passes(facts: Facts): boolean };

/** The request's filters on fields that have a facet. */
function facetTests({ categories, partnerId, inStock, priceFrom = 0, priceTo = Infinity }: Filter): FacetTest[] {
  const tests: FacetTest[] = [];
  if (categories) {
    const wanted = new Set(categories);
    tests.push({ field: "category", passes: (facts) => wanted.has(facts.category) });
  }
  if (partnerId !== undefined) tests.push({ field: "partnerId", passes: (facts) => facts.partnerId === partnerId });
  if (inStock !== undefined) tests.push({ field: "inStock", passes: (facts) => facts.inStock === inStock });
  if (priceFrom > 0 || priceTo < Infinity) {
    tests.push({ field: "price", passes: ({ price }) => price >= priceFrom && price <= priceTo });
  }
  return tests;
}

/** Starts with all price buckets, so that they keep their order. */
function emptyCounts(field: FacetField): Map<string, number> {
  return new Map(field === "price" ? priceBuckets.map(({ value }) => [value, 0]) : []);
}

function bucketOf(price: number): string {
  return priceBuckets.findLast(({ from }) => price >= from)?.value ?? "";
}
