import type { Registry } from "prom-client";
import type { SecondLevelStatistics } from "../../cache/second-level/second-level.js";
import type { ReplicaState } from "../../store/read-replicas.js";
import { readCounter, readGauge, type Sample } from "./read-metrics.js";

/** The second level in Redis; without one, which is `undefined`, its metrics have no samples. */
export function addSecondLevelMetrics(registry: Registry, secondLevel: () => SecondLevelStatistics | undefined): void {
  readGauge(registry, {
    name: "causeway_second_level_connected",
    help: "1 while Redis answers, else 0.",
    labels: [],
    samples: () => {
      const now = secondLevel();
      return now === undefined ? [] : [{ labels: {}, value: now.connected ? 1 : 0 }];
    },
  });
  readCounter(registry, {
    name: "causeway_second_level_rows_total",
    help: "Parsed rows asked from Redis or given to it, by what became of them.",
    labels: ["outcome"] as const,
    samples: () => rowsOf(secondLevel()),
  });
}

function rowsOf(now: SecondLevelStatistics | undefined): Sample<"outcome">[] {
  if (now === undefined) return [];
  const { hits, misses, refused, puts, tooLarge, failures } = now;
  const outcomes = { hit: hits, miss: misses, refused, put: puts, too_large: tooLarge, failed: failures };
  return Object.entries(outcomes).map(([outcome, value]) => ({ labels: { outcome }, value }));
}

/** The databases of `DATABASE_READ_URL`, each under its address. */
export function addReplicaMetrics(registry: Registry, replicas: () => readonly ReplicaState[]): void {
  readCounter(registry, {
    name: "causeway_replica_reads_total",
    help: "Reads that a read replica was asked for, by what became of them.",
    labels: ["database", "outcome"] as const,
    samples: () =>
      replicas().flatMap(({ database, answered, behind, failed }) =>
        Object.entries({ answered, behind, failed }).map(([outcome, value]) => ({
          labels: { database, outcome },
          value,
        })),
      ),
  });
}
