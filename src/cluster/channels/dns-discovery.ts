import { type ChannelSettings, timingOf } from "./channel-settings.js";
import type { Discovery } from "./discovery.js";
import { NameDiscovery } from "./name-discovery.js";
import { resolveName, systemResolver } from "./resolve-hosts.js";

/** Finds nodes behind CLUSTER_DNS_QUERY: the name of a headless service, or an SRV name where ports differ. */
export function dnsDiscovery(settings: ChannelSettings): Discovery {
  const name = settings.dnsQuery ?? "";
  return new NameDiscovery(
    () =>
      name === ""
        ? Promise.reject(new Error("CLUSTER_DNS_QUERY is not set."))
        : resolveName(settings.resolver ?? systemResolver(), name, settings.port),
    timingOf(settings).resolve,
  );
}
