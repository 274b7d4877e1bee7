import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type ClusterUnderTest, startCluster } from "./harness/cluster-under-test.js";
import type { Answer, ServerNode } from "./harness/server-node.js";
import { StoredSet } from "./harness/stored-set.js";
import { longestTest, rounds } from "./harness/test-length.js";
import { until } from "./harness/until.js";
import { modelText, poisonedModelText, shownVersions } from "./harness/versioned-texts.js";

vi.setConfig({ testTimeout: longestTest });

const CALLS = rounds({ short: 60, long: 500 });
/** What a load reads; held at the proxy, it keeps every caller waiting until all have come. */
const isLoad = (statement: string): boolean => /from "?mapping"?\b/.test(statement);

describe("single flight seen from outside, on three nodes", () => {
  let cluster: ClusterUnderTest;
  beforeAll(async () => {
    cluster = await startCluster({ channel: "TCP", proxied: true });
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  const compiles = async (node: ServerNode): Promise<number> =>
    (await node.metric("causeway_compiles_total", { result: "ok" })) +
    (await node.metric("causeway_compiles_total", { result: "failed" }));

  /** How many callers have found no mapper kept. */
  const misses = (node: ServerNode): Promise<number> =>
    node.metric("causeway_cache_misses_total", { cache: "mappers" });

  /** Sends so many calls for each set to every node, lets the loads go on when all have arrived, and gives the answers. */
  async function stampede(sets: readonly StoredSet[], calls: number): Promise<readonly (readonly Answer[])[]> {
    return Promise.all(
      cluster.nodes.map(async (node) => {
        const before = await misses(node);
        const held = cluster.proxyOf(node).hold(isLoad);
        try {
          const answers = sets.flatMap((set) => Array.from({ length: calls }, () => set.call(node)));
          await until("all callers wait", async () => (await misses(node)) - before >= sets.length * calls);
          held.release();
          return await Promise.all(answers);
        } finally {
          held.release();
        }
      }),
    );
  }

  it(`compiles once a process for ${CALLS} calls each to a cold key`, async () => {
    const set = await StoredSet.create(cluster.node(0), "cold");
    const before = await Promise.all(cluster.nodes.map(compiles));
    const answers = await stampede([set], CALLS);
    for (const answer of answers.flat()) {
      expect(answer.status).toBe(200);
      expect(shownVersions(answer.text).model).toBe(1);
    }
    const after = await Promise.all(cluster.nodes.map(compiles));
    expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([1, 1, 1]);
  });

  it("compiles each key once, also when there are more cold keys than the cache holds", async () => {
    // To the caches a plan is as large as the text that it comes from: three of these are more than they keep.
    const padding = 1_300_000;
    const keys = ["huge_a", "huge_b", "huge_c", "huge_d"];
    const sets: StoredSet[] = [];
    for (const key of keys) {
      const set = await StoredSet.create(cluster.node(0), key);
      await set.writeModelText(cluster.node(0), modelText(set.texts, 2, padding));
      sets.push(set);
    }
    const before = await Promise.all(cluster.nodes.map(compiles));
    const answers = await stampede(sets, Math.ceil(CALLS / keys.length));
    expect(answers.flat().every(({ status }) => status === 200)).toBe(true);
    const after = await Promise.all(cluster.nodes.map(compiles));
    expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual(Array(3).fill(keys.length));
    for (const node of cluster.nodes) {
      expect(await node.metric("causeway_cache_entries", { cache: "mappers" })).toBeLessThan(keys.length);
    }
  });

  it("gives all callers of a poisoned model the same 4xx, and tries again at the next call", async () => {
    const set = await StoredSet.create(cluster.node(0), "poisoned");
    await set.writeModelText(cluster.node(0), poisonedModelText(set.texts));
    const before = await Promise.all(cluster.nodes.map(compiles));
    const answers = await stampede([set], CALLS);
    const [first] = answers.flat();
    expect(first?.status).toBeGreaterThanOrEqual(400);
    expect(first?.status).toBeLessThan(500);
    for (const { status, text } of answers.flat())
      expect({ status, text }).toEqual({ status: first?.status, text: first?.text });
    const after = await Promise.all(cluster.nodes.map(compiles));
    expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([1, 1, 1]);

    const node = cluster.node(1);
    expect((await set.call(node)).status).toBe(first?.status);
    expect((await compiles(node)) - (after[1] ?? 0)).toBe(1);
    await set.writeModel(cluster.node(0), 2);
    expect((await set.map(node)).model).toBe(2);
  });

  it("lets nobody who comes after an eviction in mid-compile see the old value", async () => {
    const set = await StoredSet.create(cluster.node(0), "evicted");
    const [writer, reader] = [cluster.node(0), cluster.node(1)];
    let version = 1;
    for (let round = 0; round < rounds({ short: 2, long: 40 }); round++) {
      // Nothing is kept after this.
      await set.writeModel(writer, ++version);
      // The snapshot is taken by what precedes the statement that is held, so that the load reads the old files.
      const held = cluster.proxyOf(reader).hold(isLoad);
      const early = set.map(reader);
      await until("the load has its snapshot", () => held.caught() > 0);
      await set.writeModel(writer, ++version);
      const late = set.map(reader);
      held.release();
      expect((await early).model).toBe(version - 1);
      expect((await late).model).toBe(version);
      expect((await set.map(reader)).model).toBe(version);
    }
  });
});
