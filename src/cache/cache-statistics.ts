/** Why an entry left a cache. */
export type EvictionCause = "invalidated" | "expired" | "capacity" | "dropped";

/** What one cache reports (design, Caches). Counters grow from the start of the process. */
export interface CacheStatistics {
  /** `opt`, `fhir_connect_contexts`, `fhir_connect_context`, `mappers`, `tenants`, … */
  readonly cache: string;
  readonly group: "opt" | "fhir-connect" | "tenant";
  readonly hits: number;
  readonly misses: number;
  readonly loads: number;
  readonly failedLoads: number;
  readonly loadMilliseconds: number;
  readonly evictions: Readonly<Record<EvictionCause, number>>;
  readonly entries: number;
  readonly bytes: number;
}

/** All caches of a node, as the cluster drives them and the metrics read them. */
export interface CacheInvalidation {
  /** Evicts what these log entries made stale, by the who-evicts-what table. Synchronous: afterwards no caller gets the old. */
  apply(entries: readonly { readonly tenant: string; readonly kind: string; readonly key: string }[]): void;
  /** Forgets everything, loads in flight included. */
  dropAll(): void;
}
