import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { channelsTested } from "./harness/channels-tested.js";
import { type ClusterUnderTest, startCluster } from "./harness/cluster-under-test.js";
import { namespacesWork } from "./harness/host-network.js";
import { StalenessAudit } from "./harness/staleness-audit.js";
import { SteadyWriter } from "./harness/steady-writer.js";
import { StoredSet } from "./harness/stored-set.js";
import { rounds } from "./harness/test-length.js";
import { until } from "./harness/until.js";

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
      let reading = true;
      let warned = 0;
      const reader = (async () => {
        while (reading) {
          const mapped = await set.map(b);
          if (mapped.isSaidToBeStale) warned++;
          else audit.answered(mapped);
          await sleep(5);
        }
      })();
      const writer = new SteadyWriter(
        set,
        () => a,
        (written, how) => audit.written(written, how),
        version,
      ).start();
      await until("B says that it is cut off", () => warned > 1);
      await writer.stop();
      version = writer.tried;
      reading = false;
      cluster.proxyOf(b).line.heal();
      cluster.placeOf(b).heal();
      await reader;
      const { model, isSaidToBeStale } = await set.map(b);
      expect({ model, isSaidToBeStale }).toEqual({ model: version, isSaidToBeStale: false });
      expect(audit.stale).toEqual([]);
      expect(writer.failures).toBe(0);
    }
  });
});
