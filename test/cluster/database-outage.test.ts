import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { AsyncStack } from "./harness/channel-surroundings.js";
import { channelsTested } from "./harness/channels-tested.js";
import { type ClusterUnderTest, startCluster } from "./harness/cluster-under-test.js";
import { missingForOwnPostgres, type OwnPostgres, startOwnPostgres } from "./harness/own-postgres.js";
import { readingWhile } from "./harness/reading-while.js";
import type { ServerNode } from "./harness/server-node.js";
import { StalenessAudit } from "./harness/staleness-audit.js";
import { SteadyWriter } from "./harness/steady-writer.js";
import { StoredSet } from "./harness/stored-set.js";
import { longestTest, rounds } from "./harness/test-length.js";
import { until } from "./harness/until.js";

vi.setConfig({ testTimeout: longestTest });

if (missingForOwnPostgres.length > 0) {
  console.warn(`Outages of Postgres are not tested, because this is missing: ${missingForOwnPostgres.join(", ")}.`);
}
const BOUND_MILLISECONDS = 1000;

describe.skipIf(missingForOwnPostgres.length > 0).each(channelsTested("POSTGRES"))(
  "three nodes on channel %s whose Postgres goes away and comes back",
  (channel) => {
    let postgres: OwnPostgres;
    let cluster: ClusterUnderTest;
    let serving: readonly ServerNode[];
    let refusing: ServerNode;
    let set: StoredSet;

    beforeAll(async () => {
      postgres = await startOwnPostgres();
      cluster = await startCluster({ channel, nodes: 2, database: postgres.connection });
      serving = [...cluster.nodes];
      refusing = await cluster.startNode({ CLUSTER_STALE_POLICY: "refuse" });
      await cluster.untilConnected();
      set = await StoredSet.create(refusing, "outage");
      await Promise.all(cluster.nodes.map((node) => set.map(node)));
    });
    afterAll(async () => {
      await cluster?.[Symbol.asyncDispose]();
      await postgres?.[Symbol.asyncDispose]();
    });

    it("serve and say so, or refuse, as the stale policy says, and are not ready, until it is back", async () => {
      await postgres.crash();
      await until("the nodes have noticed", async () => {
        const states = await Promise.all(cluster.nodes.map((node) => node.cluster()));
        return states.every(({ freshness }) => freshness === "cut-off");
      });
      for (const node of serving) {
        const { model, isSaidToBeStale } = await set.map(node);
        expect({ model, isSaidToBeStale }).toEqual({ model: 1, isSaidToBeStale: true });
        expect(await node.metric("causeway_cluster_cut_off")).toBe(1);
      }
      const refused = await set.call(refusing);
      expect(refused.status).toBe(503);
      expect(refused.headers.get("retry-after")).not.toBeNull();
      for (const node of cluster.nodes) expect((await node.request("/health")).status).toBe(503);
      await expect(set.writeModel(cluster.node(0), 2)).rejects.toThrow(/ 503/);

      await postgres.resume();
      for (const node of cluster.nodes) {
        const { isSaidToBeStale } = await set.map(node);
        expect(isSaidToBeStale).toBe(false);
        expect((await node.request("/health")).status).toBe(200);
      }
      await set.writeModel(refusing, 2);
      for (const node of cluster.nodes) expect((await set.map(node)).model).toBe(2);
    });

    it("lose no acknowledged write, show none by half, and answer nothing old without saying so", async () => {
      for (let round = 0; round < rounds({ short: 1, long: 10 }); round++) {
        const audit = new StalenessAudit(BOUND_MILLISECONDS);
        const sets = await Promise.all(
          [0, 1].map((number) => StoredSet.create(serving[0] as ServerNode, `${round}_${number}`)),
        );
        const [before] = await cluster.query<{ position: string }>("select position from invalidation_head");
        await using owned = new AsyncStack();
        const writers = sets.map((one, number) =>
          owned.use(
            new SteadyWriter(
              one,
              () => cluster.anyNode(),
              (version, how) => {
                if (number === 0) audit.written(version, how);
              },
            ).start(),
          ),
        );
        const read = async (node: ServerNode): Promise<void> => {
          // What is not in the caches cannot be answered meanwhile.
          const mapped = await sets[0]?.map(node).catch(() => undefined);
          if (mapped?.isSaidToBeStale === false) audit.answered(mapped);
        };
        await readingWhile(cluster.nodes, read, async () => {
          await until("some writes are acknowledged", () => writers.every(({ acknowledged }) => acknowledged > 3));
          await postgres.crash();
          await until("writes fail", () => writers.every(({ failures }) => failures.length > 1));
          await postgres.resume();
          const reached = writers.map(({ tried }) => tried);
          await until("writes go through again", () =>
            writers.every(({ acknowledged }, index) => acknowledged > (reached[index] ?? 0) + 1),
          );
        });
        await Promise.all(writers.map((writer) => writer.stop()));
        expect(audit.stale).toEqual([]);
        for (const { set: written, acknowledged, tried } of writers) {
          const shown = await Promise.all(cluster.nodes.map((node) => written.map(node)));
          const versions = new Set(shown.map(({ model }) => model));
          expect(versions.size).toBe(1);
          for (const version of versions) {
            expect(version).toBeGreaterThanOrEqual(acknowledged);
            expect(version).toBeLessThanOrEqual(tried);
          }
        }
        await expectGaplessLog(Number(before?.position));
      }
    });

    async function expectGaplessLog(since: number): Promise<void> {
      const [log] = await cluster.query<{ positions: number; expected: number }>(
        `select count(distinct log.position)::int as positions, (select position - $1 from invalidation_head)::int as expected
        from invalidation_log log where log.position > $1`,
        [since],
      );
      expect(log?.positions).toBeGreaterThan(0);
      expect(log?.positions).toBe(log?.expected);
    }
  },
);
