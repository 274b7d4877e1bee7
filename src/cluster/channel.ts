import type { Revision } from "../store/stored.js";

/** The ways by which nodes tell each other of writes; selected by `CLUSTER_DISCOVERY` alone (design, Cluster: Channels). */
export const channelKinds = ["MULTICAST", "DNS", "TCP", "POSTGRES", "REDIS", "NONE"] as const;
export type ChannelKind = (typeof channelKinds)[number];

/**
 * Carries hints between the nodes of a cluster: "the log goes up to here", "I have applied it up to here". A message is
 * never the truth: what was lost, doubled, delayed or forged costs at most a look into the log. It carries an epoch, a
 * position and the sender's instance id, never data.
 */
export interface Channel {
  readonly kind: ChannelKind;
  /**
   * Begins to listen and to look for peers. Resolves when listening (peers may come later); a channel that cannot work now
   * keeps trying and says so in its state, it never makes the start of a node fail.
   */
  start(listener: ChannelListener): Promise<void>;
  /** Tells the others that a write was committed. Does not wait, never throws. */
  announce(revision: Revision): void;
  /** Tells the others what this node has applied. Does not wait, never throws. */
  confirm(applied: Revision): void;
  state(): ChannelState;
  close(): Promise<void>;
}

export interface ChannelListener {
  /** Another node says the log goes up to this position. */
  hint(revision: Revision): void;
  /** Another node says what it has applied. */
  confirmed(instanceId: string, applied: Revision): void;
  /** The channel has come (back) to life: messages may have been missed, the log should be read now. */
  missed?(): void;
}

/** What `/cluster` and `/metrics` show of a channel. */
export interface ChannelState {
  readonly kind: ChannelKind;
  /** Whether messages can reach anybody now. */
  readonly connected: boolean;
  /** Instance ids of the peers it is connected with; empty for channels that do not know their peers. */
  readonly peers: readonly string[];
  readonly sent: number;
  readonly received: number;
  /** Messages refused: wrong secret, other cluster, garbage, too large. */
  readonly refused: number;
  readonly reconnects: number;
  readonly lastError?: string;
}

/** Who a node is among its peers. */
export interface NodeIdentity {
  /** Random, 32 hex digits, new at every start. */
  readonly instanceId: string;
  readonly version: string;
  readonly commit: string;
}

/** What the nodes of one cluster share; from the database, or from CLUSTER_NAME and CLUSTER_SECRET. */
export interface ClusterIdentity {
  readonly name: string;
  /** 32 bytes, already stretched. */
  readonly secret: Uint8Array;
}
