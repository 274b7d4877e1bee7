import type { Logger } from "pino";
import { ParsedRows } from "./cache/second-level/parsed-rows.js";
import { openRedisSecondLevel } from "./cache/second-level/redis-second-level.js";
import type { StoredTextReader } from "./cache/stored-text-reader.js";
import type { ClusterIdentity } from "./cluster/channel.js";
import type { ClusterNode } from "./cluster/cluster-node.js";
import type { Config } from "./config.js";
import type { MetricSources } from "./http/metrics/metric-sources.js";
import type { ConfigurationStore } from "./store/configuration-store.js";
import { ReplicaReadingStore } from "./store/read-replicas.js";

/** From where the requests of this process read what is configured. */
export interface ConfigurationReaders {
  /** Writes go to the primary, reads to the replicas of `DATABASE_READ_URL` when there are any. */
  readonly store: ConfigurationStore;
  /** Reads stored texts by way of the second level in `REDIS_URL`; undefined when there is none. */
  readonly reader: StoredTextReader | undefined;
  /** What `/metrics` counts of both. */
  readonly metrics: Pick<MetricSources, "secondLevel" | "replicas">;
  /** From now on replicas may answer that show what this node has applied. */
  joined(cluster: ClusterNode): void;
  /** Closes the store, the primary included, and the second level. */
  close(): Promise<void>;
}

/** Opens the replicas and the second level that the configuration names. A replica or a Redis that is away stops nobody. */
export async function openConfigurationReaders(
  config: Config,
  primary: ConfigurationStore & { close(): Promise<void> },
  identity: ClusterIdentity,
  log: Logger,
): Promise<ConfigurationReaders> {
  const warn = (message: string) => log.warn(message);
  let joined: ClusterNode | undefined;
  const replicas =
    config.readDatabases.length === 0
      ? undefined
      : new ReplicaReadingStore({
          primary,
          replicas: config.readDatabases,
          poolMaximum: config.databasePoolMaximum,
          required: async () => {
            if (joined === undefined) throw new Error("nothing is applied before the node has joined");
            await joined.fresh();
            return joined.state().applied;
          },
          warn,
        });
  const level =
    config.redisUrl === undefined
      ? undefined
      : await openRedisSecondLevel({
          url: config.redisUrl,
          cluster: identity,
          limitMegabytes: config.redisCacheMegabytes,
          valueLimitKilobytes: config.redisCacheValueKilobytes,
          warn,
        });
  const store = replicas ?? primary;
  return {
    store,
    metrics: { secondLevel: () => level?.statistics(), replicas: () => replicas?.replicas() ?? [] },
    reader: level === undefined ? undefined : new ParsedRows(level),
    joined: (cluster) => {
      joined = cluster;
    },
    close: async () => {
      await level?.close();
      await store.close();
    },
  };
}
