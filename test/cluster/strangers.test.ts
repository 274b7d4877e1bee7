import { describe, expect, it, vi } from "vitest";
import type { ChannelKind } from "../../src/cluster/channel.js";
import { haveRedis } from "../support/redis-server.js";
import { startCluster } from "./harness/cluster-under-test.js";
import type { ServerNode } from "./harness/server-node.js";
import { StoredSet } from "./harness/stored-set.js";
import { longestTest } from "./harness/test-length.js";
import { until } from "./harness/until.js";

vi.setConfig({ testTimeout: longestTest });

interface Stranger {
  readonly who: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What a node says that knows why it has nothing to do with the other. */
  readonly line: RegExp;
}

const wrongSecret: Stranger = {
  who: "a wrong secret",
  environment: { CLUSTER_SECRET: "a secret that nobody shares" },
  line: /another (?:cluster )?secret/,
};
const otherCluster: Stranger = {
  who: "another cluster name",
  environment: { CLUSTER_NAME: "another" },
  line: /(?:belongs to|of) another cluster/,
};
/** What a node says that only sees that the other wants nothing to do with it. */
const refused = /its cluster name or secret is another/;

const cases: readonly { readonly channel: ChannelKind; readonly strangers: readonly Stranger[] }[] = [
  { channel: "TCP", strangers: [wrongSecret, otherCluster] },
  { channel: "MULTICAST", strangers: [wrongSecret, otherCluster] },
  // Nodes of another name use another channel of Redis, so that there is nothing to refuse.
  { channel: "REDIS", strangers: [wrongSecret] },
];

if (!haveRedis) console.warn("Strangers in Redis are not tested, because redis-server is missing.");
describe.each(cases)("on channel $channel", ({ channel, strangers }) => {
  const names = strangers.map(({ who }) => who).join(" or ");
  it.skipIf(channel === "REDIS" && !haveRedis)(
    `a node with ${names} neither hears nor is heard, and both sides log it`,
    async () => {
      const environment = { CLUSTER_NAME: "ours", CLUSTER_SECRET: "a secret that two nodes share" };
      await using cluster = await startCluster({ channel, nodes: 2, environment });
      const ours = [...cluster.nodes];
      const theirs = await Promise.all(strangers.map((stranger) => cluster.startNode(stranger.environment)));

      // Data is shared all the same, through the log: they are strangers on the channel only.
      const set = await StoredSet.create(cluster.node(0), "ours");
      let version = 1;
      for (const writer of cluster.nodes) {
        await set.writeModel(writer, ++version);
        const seen = await Promise.all(cluster.nodes.map((node) => set.map(node)));
        expect(seen.map(({ model }) => model)).toEqual(cluster.nodes.map(() => version));
      }

      const says = (node: ServerNode | undefined, line: RegExp): boolean =>
        node?.log.some(({ level, msg }) => level >= 30 && line.test(msg ?? "")) === true;
      await until("both sides log it", () =>
        strangers.every(
          ({ line }, index) =>
            ours.some((node) => says(node, line)) && (says(theirs[index], line) || says(theirs[index], refused)),
        ),
      );
      for (const stranger of theirs) {
        const { peers, received } = (await stranger.cluster()).channel;
        expect({ peers, received }).toEqual({ peers: [], received: 0 });
      }
      const strangeIds = theirs.map(({ instanceId }) => instanceId);
      for (const node of ours) {
        const { peers, received } = (await node.cluster()).channel;
        expect(peers.filter((peer) => strangeIds.includes(peer))).toEqual([]);
        expect(received).toBeGreaterThan(0);
      }
    },
  );
});
