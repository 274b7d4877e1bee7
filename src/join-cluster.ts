import type { Logger } from "pino";
import type { CacheInvalidation } from "./cache/cache-statistics.js";
import type { ClusterIdentity, NodeIdentity } from "./cluster/channel.js";
import { createChannel } from "./cluster/channels/create-channel.js";
import { notifyStatement } from "./cluster/channels/postgres-channel.js";
import { clusterIdentity, newInstanceId } from "./cluster/identity.js";
import { type StartedClusterNode, startClusterNode } from "./cluster/node.js";
import { refuseForeignVersions } from "./cluster/version-check.js";
import type { Config } from "./config.js";
import { readClusterIdentity } from "./store/cluster-identity.js";
import { MemberRepository } from "./store/member-repository.js";
import { openStore } from "./store/open-store.js";
import type { PostgresConfigurationStore } from "./store/postgres-configuration-store.js";

/** A store whose writes the other nodes hear of, and the way to become one of these nodes. */
export interface ClusteredStore {
  readonly store: PostgresConfigurationStore;
  readonly node: NodeIdentity;
  readonly identity: ClusterIdentity;
  /** Makes this process a node whose caches follow the log. Throws the Problems of `startClusterNode`. */
  join(caches: CacheInvalidation): Promise<StartedClusterNode>;
}

/**
 * Opens the store and prepares this process for the cluster of all that share its database. Refuses before anything in the
 * database is changed when nodes of a version are at work with which this one cannot. Of the connections that the process
 * may open, one is kept for following the log. Throws the Problems of `openStore`, and CLUSTER_VERSION_INCOMPATIBLE.
 */
export async function openClusteredStore(config: Config, version: string, log: Logger): Promise<ClusteredStore> {
  const { cluster: settings, databasePoolMaximum } = config;
  const node = { instanceId: newInstanceId(), version: config.version ?? version, commit: config.commit ?? "unknown" };
  const alone = config.database === undefined;
  const poolMaximum = Math.max(1, databasePoolMaximum - 1);
  const opened = await openStore({
    ...config,
    databasePoolMaximum: poolMaximum,
    beforeMigration: async (database) => {
      // Nobody else can reach an embedded database: what stands in its table has ended.
      if (!alone) refuseForeignVersions(node, await new MemberRepository(database).listBeforeMigration());
    },
  });
  try {
    const cluster = await clusterIdentity(await readClusterIdentity(opened.database), settings);
    const kind = alone ? "NONE" : settings.discovery;
    const store =
      kind === "POSTGRES"
        ? opened.notifying((revision) => notifyStatement(cluster.name, revision, node.instanceId))
        : opened;
    const { port, multicastAddress, dnsQuery, initialHosts } = settings;
    const { directDatabase: directConnection, redisUrl } = config;
    const channel = createChannel(kind, {
      identity: node,
      cluster,
      logger: log,
      port,
      ...(multicastAddress === undefined ? {} : { multicastAddress }),
      ...(dnsQuery === undefined ? {} : { dnsQuery }),
      ...(initialHosts === undefined ? {} : { initialHosts }),
      ...(directConnection === undefined ? {} : { directConnection }),
      ...(redisUrl === undefined ? {} : { redisUrl }),
    });
    // Following the log has a connection of its own, and so has LISTEN.
    const connections = { poolMaximum: poolMaximum + 1, direct: kind === "POSTGRES" ? 1 : 0 };
    const join = (caches: CacheInvalidation) =>
      startClusterNode({
        node,
        settings,
        cluster,
        channel,
        database: store.database,
        alone,
        connections,
        caches,
        logger: log,
      });
    return { store, node, identity: cluster, join };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
