import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { channelsTested } from "./harness/channels-tested.js";
import { type ClusterUnderTest, startCluster } from "./harness/cluster-under-test.js";
import { namespacesWork } from "./harness/host-network.js";
import { readingWhile } from "./harness/reading-while.js";
import type { ServerNode } from "./harness/server-node.js";
import { StalenessAudit } from "./harness/staleness-audit.js";
import { SteadyWriter } from "./harness/steady-writer.js";
import { StoredSet } from "./harness/stored-set.js";
import { longestTest, rounds } from "./harness/test-length.js";
import { until } from "./harness/until.js";

vi.setConfig({ testTimeout: longestTest });

const BOUND_MILLISECONDS = 1000;

describe.each(channelsTested("POSTGRES"))("a node on channel %s that is cut off from everything", (channel) => {
  let cluster: ClusterUnderTest;
  let set: StoredSet;

  beforeAll(async () => {
    cluster = await startCluster({ channel, proxied: true, hosts: namespacesWork });
    set = await StoredSet.create(cluster.node(0), "cut");
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  it("gives no old answer without saying so, and comes back current", async () => {
    const [a, b] = [cluster.node(0), cluster.node(1)];
    let version = 1;
    for (let round = 0; round < rounds({ short: 1, long: 10 }); round++) {
      await set.map(b);
      const audit = new StalenessAudit(BOUND_MILLISECONDS);
      cluster.placeOf(b).block();
      cluster.proxyOf(b).line.fallSilent();
      let warned = 0;
      const read = async (node: ServerNode): Promise<void> => {
        const mapped = await set.map(node);
        if (mapped.isSaidToBeStale) warned++;
        else audit.answered(mapped);
      };
      await using writer = new SteadyWriter(
        set,
        () => a,
        (written, how) => audit.written(written, how),
        version,
      ).start();
      try {
        await readingWhile([b], read, () => until("B says that it is cut off", () => warned > 1));
      } finally {
        await writer.stop();
        cluster.proxyOf(b).line.heal();
        cluster.placeOf(b).heal();
      }
      version = writer.tried;
      const { model, isSaidToBeStale } = await set.map(b);
      expect({ model, isSaidToBeStale }).toEqual({ model: version, isSaidToBeStale: false });
      expect(audit.stale).toEqual([]);
      expect(writer.failures).toEqual([]);
    }
  });
});
