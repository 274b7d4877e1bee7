import type { ConnectionOptions } from "../../store/connection-options.js";
import type { ClusterIdentity, NodeIdentity } from "../channel.js";
import type { HostResolver } from "./resolve-hosts.js";

/** The part of a pino logger that channels use. */
export interface ChannelLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What a channel needs; each kind looks only at its own part. */
export interface ChannelSettings {
  readonly identity: NodeIdentity;
  readonly cluster: ClusterIdentity;
  readonly logger: ChannelLogger;
  /** CLUSTER_PORT: where the mesh listens (the next of 20 when taken) and where multicast announcements go. */
  readonly port: number;
  /** The interface the mesh listens on; absent: all of them. */
  readonly bindAddress?: string;
  /** CLUSTER_MULTICAST_ADDRESS, an IPv4 group; absent: {@link defaultMulticastAddress}. */
  readonly multicastAddress?: string;
  /** UDP port of the announcements where it is not {@link port}. */
  readonly multicastPort?: number;
  /** CLUSTER_DNS_QUERY: a name with one address per node, or an SRV name (`_port._tcp.name`). */
  readonly dnsQuery?: string;
  /** CLUSTER_INITIAL_HOSTS, see `parseInitialHosts`. */
  readonly initialHosts?: string;
  /** The database reached without a pooler: DATABASE_DIRECT_URL, else DATABASE_URL. */
  readonly directConnection?: ConnectionOptions;
  readonly redisUrl?: string;
  readonly timing?: Partial<ChannelTiming>;
  /** Wall clock in milliseconds, for the times in announcements. */
  readonly clock?: () => number;
  readonly resolver?: HostResolver;
}

/** Organisation-local scope (RFC 2365): routers keep it inside, and the TTL of 1 keeps it on the link anyway. */
export const defaultMulticastAddress = "239.255.78.0";

/** All periods in milliseconds. */
export interface ChannelTiming {
  /** How often hosts and DNS are resolved again. */
  readonly resolve: number;
  /** How often a connection is probed; after {@link silentProbes} of them without any answer it counts as dead. */
  readonly probe: number;
  readonly silentProbes: number;
  /** Time for the TLS handshake, and again for the hello after it. */
  readonly handshake: number;
  /** The node with the higher id leaves the first attempt to the other, so that there is one connection of the two. */
  readonly courtesy: number;
  readonly reconnectMinimum: number;
  readonly reconnectMaximum: number;
  /** Announcements begin with the first period and slow down to the last one. */
  readonly announceFirst: number;
  readonly announceLast: number;
  /** How long an announcement is believed after the time written in it; clocks may differ by as much. */
  readonly announcementAge: number;
  /** After so long without any peer a line names the other modes. */
  readonly lonely: number;
  /** Time for the notification that a node sends to itself. */
  readonly selfTest: number;
  /** How often a connection to Postgres or Redis is asked for a sign of life, and how long it may take. */
  readonly heartbeat: number;
  readonly heartbeatAnswer: number;
  /** The same line is logged once in this period. */
  readonly logQuiet: number;
}

export const defaultTiming: ChannelTiming = {
  resolve: 5_000,
  probe: 1_000,
  silentProbes: 3,
  handshake: 3_000,
  courtesy: 300,
  reconnectMinimum: 100,
  reconnectMaximum: 5_000,
  announceFirst: 200,
  announceLast: 5_000,
  announcementAge: 30_000,
  lonely: 10_000,
  selfTest: 2_000,
  heartbeat: 10_000,
  heartbeatAnswer: 5_000,
  logQuiet: 60_000,
};

/** The periods of a channel: the defaults, and what the settings say otherwise. */
export function timingOf(settings: ChannelSettings): ChannelTiming {
  return { ...defaultTiming, ...settings.timing };
}
