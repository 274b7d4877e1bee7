import { Registry } from "prom-client";
import { addBuildMetrics } from "./build-metrics.js";
import { addCacheMetrics } from "./cache-metrics.js";
import { addClusterMetrics } from "./cluster-metrics.js";
import { addCompileMetrics } from "./compile-metrics.js";
import type { MetricSources } from "./metric-sources.js";
import { addPoolMetrics } from "./pool-metrics.js";
import { addReplicaMetrics, addSecondLevelMetrics } from "./shared-read-metrics.js";

/**
 * A registry of one app with all metrics that are read from elsewhere; requests are added by `measureRequests`. Labels name
 * caches, channels, databases, states and routes: never a tenant, a template or anything of a patient.
 */
export function serverRegistry(sources: MetricSources): Registry {
  const registry = new Registry();
  addBuildMetrics(registry, sources.build, sources.startedAt ?? new Date());
  addCacheMetrics(registry, sources.caches);
  addCompileMetrics(registry, sources.compiles);
  addClusterMetrics(registry, sources.cluster);
  addPoolMetrics(registry, sources.pool);
  addSecondLevelMetrics(registry, sources.secondLevel);
  addReplicaMetrics(registry, sources.replicas);
  return registry;
}
