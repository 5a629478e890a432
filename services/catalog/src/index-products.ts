import type { CallContext } from "@sidecart/platform/call";
import type { IndexedProduct, IndexStore } from "./index-store.ts";
import type { IndexOperation, SearchIndex } from "./search-index.ts";

export type IndexDeps = { indexes: IndexStore; index: SearchIndex };

/**
 * Brings the search index in step with products that changed. It reads them as they are now, so the order and number
 * of the events that lead here do not matter: an older version never overwrites a newer one.
 */
export async function indexProducts(deps: IndexDeps, ids: string[], context: CallContext): Promise<void> {
  const { indexes, products } = await deps.indexes.current(ids, context);
  if (products.length === 0) return;
  const operations = products.map(operation);
  await Promise.all(indexes.map((index) => deps.index.write(index, operations, context)));
}

export function operation({ id, version, deleted, document }: IndexedProduct): IndexOperation {
  return deleted ? { op: "delete", id, version } : { op: "index", id, version, document };
}
