import type { Channel, ChannelKind } from "../channel.js";
import { ChannelCounters } from "./channel-counters.js";
import type { ChannelSettings } from "./channel-settings.js";
import { dnsDiscovery } from "./dns-discovery.js";
import { hostListDiscovery } from "./host-list-discovery.js";
import { Mesh } from "./mesh.js";
import { MulticastDiscovery } from "./multicast-discovery.js";
import { NoneChannel } from "./none-channel.js";
import { PostgresChannel } from "./postgres-channel.js";
import { RedisChannel } from "./redis-channel.js";

/**
 * Makes the channel that CLUSTER_DISCOVERY names (design, Cluster: Channels). Opens nothing before its `start`; what is
 * missing or wrong in the settings shows in the state of the channel and never as a failure.
 */
export function createChannel(kind: ChannelKind, settings: ChannelSettings): Channel {
  const counters = new ChannelCounters();
  switch (kind) {
    case "MULTICAST":
      return new Mesh(kind, settings, counters, new MulticastDiscovery(settings, counters));
    case "DNS":
      return new Mesh(kind, settings, counters, dnsDiscovery(settings));
    case "TCP":
      return new Mesh(kind, settings, counters, hostListDiscovery(settings));
    case "POSTGRES":
      return new PostgresChannel(settings);
    case "REDIS":
      return new RedisChannel(settings);
    case "NONE":
      return new NoneChannel();
    default:
      return kind satisfies never;
  }
}
