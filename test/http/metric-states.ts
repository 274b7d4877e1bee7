import type { CacheStatistics } from "../../src/cache/cache-statistics.js";
import type { SecondLevelStatistics } from "../../src/cache/second-level/second-level.js";
import type { ClusterState } from "../../src/cluster/cluster-state.js";
import type { ReplicaState } from "../../src/store/read-replicas.js";

const nobody = "0".repeat(32);

/** A cache that has done a little of everything, with what a test changes. */
export function cacheStatistics(changes: Partial<CacheStatistics> = {}): CacheStatistics {
  return {
    cache: "mappers",
    group: "fhir-connect",
    hits: 70,
    misses: 9,
    loads: 8,
    failedLoads: 3,
    loadMilliseconds: 1500,
    evictions: { invalidated: 4, expired: 3, capacity: 2, dropped: 1 },
    entries: 5,
    bytes: 4096,
    ...changes,
  };
}

/** A node that follows without trouble, with what a test changes. */
export function clusterState(changes: Partial<ClusterState> = {}): ClusterState {
  const node = { instanceId: nobody, version: "0.0.0", commit: "none" };
  const applied = { epoch: "epoch", position: 17 };
  return {
    node,
    cluster: "cluster",
    applied,
    head: { epoch: "epoch", position: 19 },
    lastSyncAgeMilliseconds: 250,
    freshness: "fresh",
    stalePolicy: "serve",
    channel: { kind: "TCP", connected: true, peers: [], sent: 11, received: 12, refused: 13, reconnects: 14, lag: 15 },
    members: [{ ...node, applied, lag: 2, lastSeenMilliseconds: 10, self: true }],
    duties: [],
    fullDrops: 6,
    ...changes,
  };
}

/** A second level that has done a little of everything. */
export function secondLevelStatistics(): SecondLevelStatistics {
  return { connected: true, hits: 21, misses: 22, refused: 23, puts: 24, tooLarge: 25, failures: 26 };
}

/** A replica that has done a little of everything. */
export function replicaState(): ReplicaState {
  return { database: "replica:5432/causeway", answered: 31, behind: 32, failed: 33, skipped: false };
}
