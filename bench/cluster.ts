import { type ChannelKind, channelKinds } from "../src/cluster/channel.js";
import {
  becomeClusterOfItsOwn,
  type ClusterUnderTest,
  startCluster,
} from "../test/cluster/harness/cluster-under-test.js";
import type { ServerNode } from "../test/cluster/harness/server-node.js";
import { StoredSet } from "../test/cluster/harness/stored-set.js";
import { TestDatabaseServer } from "../test/support/database-server.js";
import { haveRedis } from "../test/support/redis-server.js";

/*
 * Three nodes on one database of this machine, for each channel:
 *
 * - written: from sending a write until it is acknowledged, that is until every node has it;
 * - propagation: from the commit until another node has applied it, and says so;
 * - database calls for each warm request.
 *
 *     npx tsx bench/cluster.ts [writes] [rounds] [channel,channel]
 *
 * Several rounds go through the channels in turn, so that whatever else the machine does meets all of them alike.
 *
 * The target of propagation is a 99th percentile of 50 ms; NONE has no channel, there a node looks every 400 ms.
 */

const [writes = 200, rounds = 1] = process.argv.slice(2, 4).map(Number);
const chosen = process.argv[4]?.split(",") ?? channelKinds;
const channels = channelKinds.filter((kind) => chosen.includes(kind) && (kind !== "REDIS" || haveRedis));
const warmRequests = 200;

async function main(): Promise<void> {
  const server = await TestDatabaseServer.start();
  const measured = new Map(channels.map((channel) => [channel, new Measurements()]));
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [channel, measurements] of measured) {
        await withCluster(server, channel, async (cluster) => {
          measurements.written.push(...(await acknowledgements(cluster)));
          measurements.propagations.push(...(await propagation(cluster)));
          measurements.calls += await callsPerWarmRequest(cluster);
        });
      }
    }
  } finally {
    await server.stop();
  }
  const columns = ["channel", "written p50", "p99", "propagation p50", "p99", "calls per warm request"];
  process.stdout.write(
    `${writes} writes on three nodes, ${rounds} times, milliseconds\n\n| ${columns.join(" | ")} |\n`,
  );
  process.stdout.write(`|${columns.map(() => "---").join("|")}|\n`);
  for (const [channel, { written, propagations, calls }] of measured) {
    const times = [written, propagations].flatMap((list) => [percentile(list, 0.5), percentile(list, 0.99)]);
    const cells = [channel, ...times.map((time) => time.toFixed(1)), calls / rounds];
    process.stdout.write(`| ${cells.join(" | ")} |\n`);
  }
}

class Measurements {
  readonly written: number[] = [];
  readonly propagations: number[] = [];
  calls = 0;
}

async function withCluster<T>(
  server: TestDatabaseServer,
  channel: ChannelKind,
  work: (cluster: ClusterUnderTest) => Promise<T>,
): Promise<T> {
  const database = await server.create(false);
  await becomeClusterOfItsOwn(database);
  const environment = { LOG_LEVEL: "warn" };
  await using cluster = await startCluster({ channel, database, environment, proxied: true });
  return await work(cluster);
}

async function acknowledgements(cluster: ClusterUnderTest): Promise<readonly number[]> {
  const set = await StoredSet.create(cluster.node(0), "written");
  const times: number[] = [];
  for (let version = 2; version < writes + 2; version++) {
    const { sentAt, answeredAt } = await set.writeModel(cluster.node(0), version);
    times.push(answeredAt - sentAt);
  }
  return times;
}

/** A node reports to the members table as soon as it has applied a write; the proxies see commit and reports pass. */
async function propagation(cluster: ClusterUnderTest): Promise<readonly number[]> {
  const [writer, ...readers] = cluster.nodes as [ServerNode, ...ServerNode[]];
  const set = await StoredSet.create(writer, "propagated");
  const times: number[] = [];
  for (let version = 2; version < writes + 2; version++) {
    let takesPosition = false;
    const committed = firstPassing(cluster, writer, (statement) => {
      takesPosition ||= /update "?invalidation_head"?/.test(statement);
      return takesPosition && /^commit/i.test(statement);
    });
    const reported = readers.map((node) =>
      firstPassing(cluster, node, (text) => text.startsWith("update cluster_member")),
    );
    await set.writeModel(writer, version);
    const committedAt = await committed;
    for (const reportedAt of await Promise.all(reported)) times.push(reportedAt - committedAt);
  }
  return times;
}

/** When the next statement that is meant passes on its way to Postgres. */
function firstPassing(
  cluster: ClusterUnderTest,
  node: ServerNode,
  isMeant: (statement: string) => boolean,
): Promise<number> {
  return new Promise((resolve) => {
    cluster.proxyOf(node).hold((statement) => {
      if (isMeant(statement)) resolve(performance.now());
      return false;
    });
  });
}

async function callsPerWarmRequest(cluster: ClusterUnderTest): Promise<number> {
  const set = await StoredSet.create(cluster.node(0), "warm");
  const node = cluster.node(1);
  await set.map(node);
  cluster.proxyOf(node).countAnew();
  for (let count = 0; count < warmRequests; count++) await set.map(node);
  return cluster.proxyOf(node).transactionsOfRequests().flat().length / warmRequests;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

await main();
