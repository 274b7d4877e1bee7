import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type ClusterUnderTest, startCluster } from "./harness/cluster-under-test.js";
import { StalenessAudit } from "./harness/staleness-audit.js";
import { StoredSet } from "./harness/stored-set.js";
import { longestTest } from "./harness/test-length.js";
import { until } from "./harness/until.js";

vi.setConfig({ testTimeout: longestTest });

const BOUND_MILLISECONDS = 1000;

describe("when the log cannot be followed entry by entry", () => {
  let cluster: ClusterUnderTest;
  let set: StoredSet;
  let version = 1;

  beforeAll(async () => {
    cluster = await startCluster({ channel: "TCP" });
    set = await StoredSet.create(cluster.node(0), "log");
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  const drops = async (): Promise<readonly number[]> =>
    Promise.all(cluster.nodes.map(async (node) => (await node.cluster()).fullDrops));

  /** What a restore does: other contents appear in the tables, and `head` becomes of the log, in one transaction. */
  async function restore(head: string): Promise<StalenessAudit> {
    for (const node of cluster.nodes) await set.map(node);
    const audit = new StalenessAudit(BOUND_MILLISECONDS);
    const old = version;
    version += 1;
    await cluster.query(
      `begin;
      select set_config('causeway.tenant', 'default', true);
      set local role causeway_tenant;
      update mapping set content = replace(content, 'v${old}}', 'v${version}}') where kind = 'model';
      set local role none;
      select set_config('causeway.prunes_log', 'on', true), set_config('causeway.reads_whole_log', 'on', true);
      ${head};
      commit;`,
    );
    audit.written(version, { answeredAt: performance.now() });
    return audit;
  }

  async function expectDropOn(audit: StalenessAudit, before: readonly number[]): Promise<void> {
    const shown = await Promise.all(
      cluster.nodes.map(async (node) => {
        let model = 0;
        while (model !== version && audit.stale.length === 0) {
          const mapped = await set.map(node);
          audit.answered(mapped);
          model = mapped.model;
        }
        return model;
      }),
    );
    expect(shown).toEqual([version, version, version]);
    expect(audit.stale).toEqual([]);
    expect(await drops()).toEqual(before.map((count) => count + 1));
    // From here on it is followed as before.
    await set.writeModel(cluster.node(2), ++version);
    for (const node of cluster.nodes) expect((await set.map(node)).model).toBe(version);
    expect(await drops()).toEqual(before.map((count) => count + 1));
  }

  it("a renewed epoch ends in a full drop, never in a stale answer", async () => {
    const before = await drops();
    const audit = await restore("update invalidation_head set epoch = gen_random_uuid()::text");
    await expectDropOn(audit, before);
  });

  it("a revision of the epoch before is refused, and is not waited for", async () => {
    const { revision } = await set.writeModel(cluster.node(0), ++version);
    await restore("update invalidation_head set epoch = gen_random_uuid()::text");
    await until("the nodes have noticed", async () => {
      const [head] = await cluster.query<{ epoch: string }>("select epoch from invalidation_head");
      const states = await Promise.all(cluster.nodes.map((node) => node.cluster()));
      return states.every(({ applied }) => applied.epoch === head?.epoch);
    });
    const answer = await set.call(cluster.node(1), { "x-causeway-revision": revision });
    expect(answer.status).toBe(400);
  });

  it("a head that went back ends in a full drop, never in a stale answer", async () => {
    const before = await drops();
    const audit = await restore(
      "update invalidation_head set position = position - 3; delete from invalidation_log where position > (select position from invalidation_head)",
    );
    await expectDropOn(audit, before);
  });

  it.each([
    { pruned: "all of the log", keeps: 0 },
    { pruned: "a part of the log", keeps: 1 },
  ])("$pruned pruned past a sleeping node ends in a full drop on it, never in a stale answer", async ({ keeps }) => {
    const before = await drops();
    const [a, sleeping] = [cluster.node(0), cluster.node(1)];
    await set.map(sleeping);
    sleeping.pause();
    try {
      for (let count = 0; count < 3; count++) await set.writeModel(a, ++version);
      await cluster.query(
        `begin;
        select set_config('causeway.prunes_log', 'on', true), set_config('causeway.reads_whole_log', 'on', true);
        delete from invalidation_log where position <= (select position - ${keeps} from invalidation_head);
        commit;`,
      );
    } finally {
      sleeping.resume();
    }
    expect((await set.map(sleeping)).model).toBe(version);
    expect(await drops()).toEqual(before.map((count, number) => count + (number === 1 ? 1 : 0)));
  });
});
