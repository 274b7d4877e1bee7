import { type ChannelSettings, timingOf } from "./channel-settings.js";
import type { Discovery } from "./discovery.js";
import { parseInitialHosts } from "./initial-hosts.js";
import { NameDiscovery } from "./name-discovery.js";
import { lookupHost, settledAddresses, systemResolver } from "./resolve-hosts.js";

/** Finds nodes in CLUSTER_INITIAL_HOSTS; a host with several addresses stands for a node on each. */
export function hostListDiscovery(settings: ChannelSettings): Discovery {
  const { hosts, errors } = parseInitialHosts(settings.initialHosts ?? "");
  return new NameDiscovery(async () => {
    if (hosts.length === 0) throw new Error(`CLUSTER_INITIAL_HOSTS: ${errors.join(" ")}`);
    const resolver = settings.resolver ?? systemResolver();
    const answers = hosts.map(({ host, port }) => lookupHost(resolver, host, port ?? settings.port));
    return settledAddresses(await Promise.allSettled(answers));
  }, timingOf(settings).resolve);
}
