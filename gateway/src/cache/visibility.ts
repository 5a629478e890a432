import { LRUCache } from "lru-cache";
import { bytesOfEntry } from "./memory-budget.ts";
import type { FetchStart } from "./shared-fetches.ts";
import { keepsStale } from "./stale.ts";

type Row = { id: string; version: number };

/**
 * Remembers which version of a value its service has shown to which viewer. The cache returns a value to those viewers
 * only, so it needs no copy of the service's access rules. A new version is visible to no viewer until the service has
 * shown it. All viewers of a version must get the same content: the cache has one value for each id.
 */
export function createVisibility(maxBytes: number, maxAgeMs: number) {
  const shown = new LRUCache<string, number>({
    maxSize: maxBytes,
    // Keys consist of ids and roles: one byte a character.
    sizeCalculation: (_version, key) => bytesOfEntry + key.length,
    ttl: maxAgeMs,
    ...keepsStale,
  });
  const keyOf = (viewer: string, id: string) => `${viewer} ${id}`;
  return {
    /** The service returned these rows to the viewer, in a fetch that started then. */
    show(viewer: string, rows: readonly Row[], { startMs }: FetchStart): void {
      for (const { id, version } of rows) shown.set(keyOf(viewer, id), version, { start: startMs });
    },
    /** The service has shown the version, however long ago. */
    wasVisible: (viewer: string, { id, version }: Row): boolean =>
      shown.peek(keyOf(viewer, id), { allowStale: true }) === version,
    isVisible: (viewer: string, { id, version }: Row): boolean => shown.get(keyOf(viewer, id)) === version,
  };
}
