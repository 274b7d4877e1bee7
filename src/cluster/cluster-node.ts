import type { Revision } from "../store/stored.js";
import type { ClusterState, Freshness } from "./cluster-state.js";

/**
 * This node's part in the cluster, as the routes and the caches see it. The state machine is in
 * `docs/decisions/0003-cluster.md`.
 */
export interface ClusterNode {
  /**
   * To be awaited before a request uses a cache: what is cached afterwards is no older than the staleness bound and has at
   * least the required revision. Costs nothing while the last sync is young enough.
   * Throws Problems: CLUSTER_BEHIND (busy, with Retry-After) when the required revision is not reached in time,
   * CLUSTER_CUT_OFF (unavailable) when the database is gone and the policy is `refuse`, CLUSTER_REVISION_FOREIGN (invalid)
   * for a revision of another epoch.
   */
  fresh(required?: Revision): Promise<Freshness>;
  /**
   * To be awaited after a write was committed and before it is answered: applies the log up to it here, tells the others,
   * and waits until every live member has confirmed it or its staleness bound has run out.
   */
  written(revision: Revision): Promise<void>;
  state(): ClusterState;
  /** Stops following; the node leaves the members table. */
  close(): Promise<void>;
}
