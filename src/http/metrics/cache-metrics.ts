import type { Registry } from "prom-client";
import type { CacheStatistics, EvictionCause } from "../../cache/cache-statistics.js";
import { readCounter, readGauge, type Sample } from "./read-metrics.js";

const labels = ["cache", "group"] as const;
type CacheLabel = (typeof labels)[number];

/** What every cache reports (design, Caches). */
export function addCacheMetrics(registry: Registry, caches: () => readonly CacheStatistics[]): void {
  const samples = (value: (one: CacheStatistics) => number) => () =>
    caches().map((one): Sample<CacheLabel> => ({ labels: labelsOf(one), value: value(one) }));
  const counter = (name: string, help: string, value: (one: CacheStatistics) => number): void =>
    readCounter(registry, { name, help, labels, samples: samples(value) });
  const gauge = (name: string, help: string, value: (one: CacheStatistics) => number): void =>
    readGauge(registry, { name, help, labels, samples: samples(value) });

  counter("causeway_cache_hits_total", "Lookups answered from the cache.", (one) => one.hits);
  counter("causeway_cache_misses_total", "Lookups that found nothing kept.", (one) => one.misses);
  counter("causeway_cache_loads_total", "Loads that were started, failed ones included.", (one) => one.loads);
  counter("causeway_cache_load_failures_total", "Loads that failed.", (one) => one.failedLoads);
  counter("causeway_cache_load_seconds_total", "Time spent in loads.", (one) => one.loadMilliseconds / 1000);
  gauge("causeway_cache_entries", "Entries kept now.", (one) => one.entries);
  gauge("causeway_cache_bytes", "Estimated size of the entries kept now.", (one) => one.bytes);
  readCounter(registry, {
    name: "causeway_cache_evictions_total",
    help: "Entries that left the cache, by cause.",
    labels: [...labels, "cause"] as const,
    samples: () => caches().flatMap(evictionsOf),
  });
}

function labelsOf({ cache, group }: CacheStatistics): Record<CacheLabel, string> {
  return { cache, group };
}

function evictionsOf(one: CacheStatistics): Sample<CacheLabel | "cause">[] {
  const causes = Object.keys(one.evictions) as EvictionCause[];
  return causes.map((cause) => ({ labels: { ...labelsOf(one), cause }, value: one.evictions[cause] }));
}
