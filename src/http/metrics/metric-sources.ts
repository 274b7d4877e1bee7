import type { CacheStatistics } from "../../cache/cache-statistics.js";
import type { SecondLevelStatistics } from "../../cache/second-level/second-level.js";
import type { ClusterState } from "../../cluster/cluster-state.js";
import type { ReplicaState } from "../../store/read-replicas.js";
import type { PoolState } from "../../store/watched-pool.js";
import type { Compiles } from "./compile-count.js";

/** Where the numbers of `/metrics` come from; each is asked once for every scrape. */
export interface MetricSources {
  readonly caches: () => readonly CacheStatistics[];
  readonly compiles: () => Compiles;
  /** Undefined while this node is no part of a cluster: its metrics have no samples then. */
  readonly cluster: () => ClusterState | undefined;
  readonly pool: () => PoolState;
  /** Undefined without a second level: its metrics have no samples then. */
  readonly secondLevel: () => SecondLevelStatistics | undefined;
  readonly replicas: () => readonly ReplicaState[];
  readonly build: BuildIdentity;
  /** Milliseconds of a clock that is never set back. Default: the one of the process. */
  readonly now?: () => number;
  /** When the server started. Default: when its metrics were made. */
  readonly startedAt?: Date;
}

/** Which program this is. */
export interface BuildIdentity {
  readonly version: string;
  readonly commit: string;
}
