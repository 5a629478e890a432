import { LRUCache } from "lru-cache";
import type { FetchStart } from "./entries.ts";
import { bytesOfEntry } from "./memory-budget.ts";

type Row = { id: string; version: number };

/**
 * Remembers which version of a value its service has shown to which viewer. The cache shows a value to those viewers
 * alone, so it repeats none of the rules by which the service decides. A new version is visible to nobody until the
 * service has shown it again.
 */
export function createVisibility(maxBytes: number, maxAgeMs: number) {
  const shown = new LRUCache<string, number>({
    maxSize: maxBytes,
    // Keys are made of ids and roles: a byte a character.
    sizeCalculation: (_version, key) => bytesOfEntry + key.length,
    ttl: maxAgeMs,
  });
  const keyOf = (viewer: string, id: string) => `${viewer} ${id}`;
  return {
    /** A fetch that began then was answered with these rows. */
    show(viewer: string, rows: readonly Row[], { startMs }: FetchStart): void {
      for (const { id, version } of rows) shown.set(keyOf(viewer, id), version, { start: startMs });
    },
    isVisible: (viewer: string, { id, version }: Row): boolean => shown.get(keyOf(viewer, id)) === version,
  };
}
