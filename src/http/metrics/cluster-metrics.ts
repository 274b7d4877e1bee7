import type { Registry } from "prom-client";
import type { ClusterState } from "../../cluster/cluster-state.js";
import { type ReadMetric, readCounter, readGauge } from "./read-metrics.js";

/** This node's part in the cluster and its channel (design, Cluster). Without a cluster none of them has a sample. */
export function addClusterMetrics(registry: Registry, cluster: () => ClusterState | undefined): void {
  const ofNode = (name: string, help: string, value: (state: ClusterState) => number): ReadMetric<never> => ({
    name,
    help,
    labels: [],
    samples: () => present(cluster()).map((state) => ({ labels: {}, value: value(state) })),
  });
  const ofChannel = (
    name: string,
    help: string,
    value: (channel: ClusterState["channel"]) => number,
  ): ReadMetric<"channel"> => ({
    name,
    help,
    labels: ["channel"],
    samples: () =>
      present(cluster()).map(({ channel }) => ({ labels: { channel: channel.kind }, value: value(channel) })),
  });
  for (const gauge of [
    ofNode("causeway_cluster_applied_position", "Log position applied here.", (state) => state.applied.position),
    ofNode("causeway_cluster_head_position", "Last log position known here.", (state) => state.head.position),
    ofNode(
      "causeway_cluster_last_sync_age_seconds",
      "Time since the start of the last successful look into the log.",
      (state) => state.lastSyncAgeMilliseconds / 1000,
    ),
    ofNode("causeway_cluster_cut_off", "1 while the log cannot be read within the staleness bound, else 0.", (state) =>
      state.freshness === "cut-off" ? 1 : 0,
    ),
    ofNode(
      "causeway_cluster_members",
      "Nodes in the members table, this one included.",
      (state) => state.members.length,
    ),
  ]) {
    readGauge(registry, gauge);
  }
  readCounter(
    registry,
    ofNode("causeway_cluster_full_drops_total", "How often all caches were dropped.", (state) => state.fullDrops),
  );
  for (const counter of [
    ofChannel("causeway_channel_sent_total", "Messages sent.", (channel) => channel.sent),
    ofChannel("causeway_channel_received_total", "Messages received and understood.", (channel) => channel.received),
    ofChannel("causeway_channel_refused_total", "Messages refused.", (channel) => channel.refused),
    ofChannel("causeway_channel_reconnects_total", "How often it connected again.", (channel) => channel.reconnects),
  ]) {
    readCounter(registry, counter);
  }
  readGauge(
    registry,
    ofChannel(
      "causeway_channel_lag_positions",
      "Writes it has told of that are not applied.",
      (channel) => channel.lag,
    ),
  );
  readGauge(
    registry,
    ofChannel("causeway_channel_connected", "1 while messages can reach anybody, else 0.", (channel) =>
      channel.connected ? 1 : 0,
    ),
  );
}

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}
