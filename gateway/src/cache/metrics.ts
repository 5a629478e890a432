import { meter } from "@sidecart/platform/telemetry";

export type CacheCounts = { hits: number; misses: number; ahead: number; invalidations: number };

/** Counts of one cache, which metrics read when they are asked: a hit costs an addition. */
export function countCache(cache: string, entries: () => number): CacheCounts {
  const counts: CacheCounts = { hits: 0, misses: 0, ahead: 0, invalidations: 0 };
  meter()
    .createObservableCounter("sidecart_cache_reads_total", {
      description: "What was looked for, by whether it was there",
    })
    .addCallback((result) => {
      result.observe(counts.hits, { cache, outcome: "hit" });
      result.observe(counts.misses, { cache, outcome: "miss" });
    });
  meter()
    .createObservableCounter("sidecart_cache_fetches_ahead_total", {
      description: "What was fetched anew before its time was up, since it was asked for",
    })
    .addCallback((result) => result.observe(counts.ahead, { cache }));
  meter()
    .createObservableCounter("sidecart_cache_invalidations_total", {
      description: "Changes that were heard of what is kept",
    })
    .addCallback((result) => result.observe(counts.invalidations, { cache }));
  meter()
    .createObservableGauge("sidecart_cache_entries", { description: "What is kept now" })
    .addCallback((result) => result.observe(entries(), { cache }));
  return counts;
}
