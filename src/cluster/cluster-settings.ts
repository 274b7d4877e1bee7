import type { ChannelKind } from "./channel.js";

/** What the operator decides about the cluster (design, Cluster). */
export interface ClusterSettings {
  /** CLUSTER_DISCOVERY */
  readonly discovery: ChannelKind;
  /** CLUSTER_NAME and CLUSTER_SECRET; absent: those of the database. */
  readonly name?: string;
  readonly secret?: string;
  /** CLUSTER_PORT */
  readonly port: number;
  /** CLUSTER_MULTICAST_ADDRESS */
  readonly multicastAddress?: string;
  /** CLUSTER_DNS_QUERY */
  readonly dnsQuery?: string;
  /** CLUSTER_INITIAL_HOSTS, as written; every entry is well formed. */
  readonly initialHosts?: string;
  /** CLUSTER_POLL_MS */
  readonly pollMilliseconds: number;
  /** CLUSTER_MAX_STALENESS_MS */
  readonly maxStalenessMilliseconds: number;
  /** CLUSTER_STALE_POLICY */
  readonly stalePolicy: "serve" | "refuse";
  /** CLUSTER_WRITE_WAIT_MS; 0 waits for nobody. */
  readonly writeWaitMilliseconds: number;
  /** CLUSTER_WAIT_MS */
  readonly waitMilliseconds: number;
  /** CLUSTER_LEASE_SECONDS */
  readonly leaseSeconds: number;
  /** CLUSTER_LOG_HOURS and CLUSTER_LOG_POSITIONS: what of the log is kept in any case. */
  readonly logHours: number;
  readonly logPositions: number;
}
