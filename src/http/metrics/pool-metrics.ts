import type { Registry } from "prom-client";
import type { PoolState } from "../../store/watched-pool.js";
import { readGauge } from "./read-metrics.js";

/** The main pool of database connections: used, free, and who waits for one. */
export function addPoolMetrics(registry: Registry, pool: () => PoolState): void {
  readGauge(registry, {
    name: "causeway_pool_connections",
    help: "Database connections, by state: lent to somebody or being opened (used), open and unused (free).",
    labels: ["state"] as const,
    samples: () => {
      const { used, free } = pool();
      return [
        { labels: { state: "used" }, value: used },
        { labels: { state: "free" }, value: free },
      ];
    },
  });
  readGauge(registry, {
    name: "causeway_pool_waiting",
    help: "Callers that wait for a database connection.",
    labels: [],
    samples: () => [{ labels: {}, value: pool().waiting }],
  });
  readGauge(registry, {
    name: "causeway_pool_oldest_wait_seconds",
    help: "How long the first of them has waited; 0 when nobody waits.",
    labels: [],
    samples: () => [{ labels: {}, value: pool().oldestWaitMilliseconds / 1000 }],
  });
}
