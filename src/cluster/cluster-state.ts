import type { Revision } from "../store/stored.js";
import type { ChannelState, NodeIdentity } from "./channel.js";

/** Why a node may answer from what it has: it has seen the log lately, or the policy lets it go on without the database. */
export type Freshness = "fresh" | "cut-off";

/** Another node, as the members table has it. */
export interface MemberState extends NodeIdentity {
  readonly applied: Revision;
  /** How far it is behind the head this node knows. */
  readonly lag: number;
  readonly lastSeenMilliseconds: number;
  readonly self: boolean;
}

export interface DutyState {
  readonly duty: string;
  readonly holder?: string;
  /** Grows with every change of holder; writes of a duty check it. */
  readonly fencingToken: number;
  readonly expiresInMilliseconds: number;
}

/** Everything `/cluster` shows and `/metrics` counts of this node's part in the cluster. */
export interface ClusterState {
  readonly node: NodeIdentity;
  readonly cluster: string;
  readonly applied: Revision;
  readonly head: Revision;
  /** Monotonic age of the start of the last successful sync. */
  readonly lastSyncAgeMilliseconds: number;
  readonly freshness: Freshness;
  readonly stalePolicy: "serve" | "refuse";
  readonly channel: ChannelState & {
    /** Writes that the channel has told of and this node has not applied. */
    readonly lag: number;
  };
  readonly members: readonly MemberState[];
  readonly duties: readonly DutyState[];
  /** How often everything was dropped: epoch changed, head went back, log pruned past us. */
  readonly fullDrops: number;
}
