import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type ClusterUnderTest, startCluster } from "./harness/cluster-under-test.js";
import { StoredSet } from "./harness/stored-set.js";
import { isLong, longestTest, rounds } from "./harness/test-length.js";

vi.setConfig({ testTimeout: longestTest });

const WRITES = rounds({ short: 300, long: 10_000 });
/** Each writer has files of its own, so that it knows which version is the newest. */
const WRITERS = 10;
const DELAY_MILLISECONDS = 150;

/**
 * Two ways in which a read through one node has what was written through another. Those who know name the revision, and
 * then the writer waits for nobody; those who know nothing of revisions are waited for.
 */
const ways = [
  { way: "with the revision header", waits: "0", names: true },
  { way: "without the revision header", waits: "1000", names: false },
] as const;

describe.each(ways)(`${WRITES} writes through random nodes, each read through another $way`, ({ waits, names }) => {
  let cluster: ClusterUnderTest;
  let sets: readonly StoredSet[];
  const versions = new Map<StoredSet, number>();

  beforeAll(async () => {
    // A poll is what finds a write whose messages were dropped; a short one lets the test do more writes in its time.
    const environment = { CLUSTER_WRITE_WAIT_MS: waits, CLUSTER_POLL_MS: isLong ? "100" : "150" };
    cluster = await startCluster({ channel: "POSTGRES", environment });
    sets = await Promise.all(
      Array.from({ length: WRITERS }, (_, number) => StoredSet.create(cluster.node(number % 3), `set_${number}`)),
    );
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  it.each(["delivered", "delayed", "dropped"] as const)(
    "show nothing stale while every message is %s",
    async (messages) => {
      for (const node of cluster.nodes) disturb(node, messages);
      try {
        const results = await Promise.all(sets.map((set) => writeAndRead(set, WRITES / 3 / WRITERS)));
        expect(results.flat()).toEqual([]);
      } finally {
        for (const node of cluster.nodes) cluster.placeOf(node).heal();
      }
    },
  );

  it("told the nodes of writes by messages as long as these got through", async () => {
    const states = await Promise.all(cluster.nodes.map((node) => node.cluster()));
    for (const { channel } of states) expect(channel.received).toBeGreaterThan(WRITERS);
  });

  function disturb(node: ClusterUnderTest["nodes"][number], messages: "delivered" | "delayed" | "dropped"): void {
    if (messages === "delayed") cluster.placeOf(node).line?.delay(DELAY_MILLISECONDS);
    if (messages === "dropped") cluster.placeOf(node).block();
  }

  /** Gives what was stale. */
  async function writeAndRead(set: StoredSet, writes: number): Promise<readonly string[]> {
    const stale: string[] = [];
    for (let count = 0; count < writes; count++) {
      const version = (versions.get(set) ?? 1) + 1;
      versions.set(set, version);
      const writer = cluster.anyNode();
      const { revision } = await set.writeModel(writer, version);
      const read = await set.map(cluster.anyNode(writer), names ? { "x-causeway-revision": revision } : {});
      if (read.model !== version) stale.push(`${set.texts.modelName}: v${read.model} instead of v${version}`);
    }
    return stale;
  }
});
