import { meter } from "@sidecart/platform/telemetry";

export type CacheCounts = { hits: number; misses: number; refreshes: number; invalidations: number };

/** Counters of one cache. Metrics read them at collection, so a hit costs one addition. */
export function countCache(cache: string, entries: () => number): CacheCounts {
  const counts: CacheCounts = { hits: 0, misses: 0, refreshes: 0, invalidations: 0 };
  meter()
    .createObservableCounter("sidecart_cache_reads_total", { description: "Cache reads, by outcome: hit or miss" })
    .addCallback((result) => {
      result.observe(counts.hits, { cache, outcome: "hit" });
      result.observe(counts.misses, { cache, outcome: "miss" });
    });
  meter()
    .createObservableCounter("sidecart_cache_fetches_ahead_total", {
      description: "Entries that were refreshed before they expired, because they had just been read",
    })
    .addCallback((result) => result.observe(counts.refreshes, { cache }));
  meter()
    .createObservableCounter("sidecart_cache_invalidations_total", {
      description: "Changes received for cached entries",
    })
    .addCallback((result) => result.observe(counts.invalidations, { cache }));
  meter()
    .createObservableGauge("sidecart_cache_entries", { description: "Entries in the cache" })
    .addCallback((result) => result.observe(entries(), { cache }));
  return counts;
}
