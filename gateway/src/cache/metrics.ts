import { meter } from "@sidecart/platform/telemetry";

export type CacheCounts = { hits: number; misses: number; refreshes: number; invalidations: number };

/** Counts of one cache, which metrics read when they are collected: a hit costs one addition. */
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
      description: "Entries that were fetched again before they expired, since they were read shortly before",
    })
    .addCallback((result) => result.observe(counts.refreshes, { cache }));
  meter()
    .createObservableCounter("sidecart_cache_invalidations_total", {
      description: "Changes of cached entries that were heard",
    })
    .addCallback((result) => result.observe(counts.invalidations, { cache }));
  meter()
    .createObservableGauge("sidecart_cache_entries", { description: "Entries that are cached now" })
    .addCallback((result) => result.observe(entries(), { cache }));
  return counts;
}
