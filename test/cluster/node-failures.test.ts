import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { freePort, haveRedis, startRedis, type TestRedis } from "../support/redis-server.js";
import { AsyncStack, redisSurroundings } from "./harness/channel-surroundings.js";
import { channelsTested } from "./harness/channels-tested.js";
import { type ClusterUnderTest, startCluster } from "./harness/cluster-under-test.js";
import type { ServerNode } from "./harness/server-node.js";
import { StalenessAudit } from "./harness/staleness-audit.js";
import { SteadyWriter } from "./harness/steady-writer.js";
import { StoredSet } from "./harness/stored-set.js";
import { longestTest, rounds } from "./harness/test-length.js";
import { until } from "./harness/until.js";

vi.setConfig({ testTimeout: longestTest });

describe.each(channelsTested("TCP"))("a node on channel %s", (channel) => {
  let cluster: ClusterUnderTest;
  let set: StoredSet;
  let version = 1;

  beforeAll(async () => {
    cluster = await startCluster({ channel, proxied: true });
    set = await StoredSet.create(cluster.node(0), "killed");
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  /** Holds the commit of a write through a node of its own, and kills that node. */
  async function killAtCommit(): Promise<{ readonly node: ServerNode; readonly release: () => void }> {
    const node = await cluster.startNode();
    for (const one of cluster.nodes.filter(({ isRunning }) => isRunning)) await set.map(one);
    let takesPosition = false;
    const held = cluster.proxyOf(node).hold((statement) => {
      takesPosition ||= /update "?invalidation_head"?/.test(statement);
      return takesPosition && /^\s*commit/i.test(statement);
    });
    const outcome = set.writeModel(node, ++version).then(
      () => "acknowledged",
      () => "failed",
    );
    await until("the write is about to commit", () => held.caught() > 0);
    await node.kill();
    expect(await outcome).toBe("failed");
    return { node, release: held.release };
  }

  const shown = async (): Promise<readonly number[]> => {
    const survivors = cluster.nodes.filter(({ isRunning }) => isRunning);
    return (await Promise.all(survivors.map((node) => set.map(node)))).map(({ model }) => model);
  };

  it("that is killed has written nothing when its commit never arrived, and holds up nobody", async () => {
    const { node, release } = await killAtCommit();
    cluster.proxyOf(node).line.cut();
    release();
    expect(await shown()).toEqual([version - 1, version - 1, version - 1]);
    await set.writeModel(cluster.node(0), ++version);
    expect(await shown()).toEqual([version, version, version]);
  });

  it("that is killed has written all when its commit arrived, though it could tell nobody", async () => {
    const { release } = await killAtCommit();
    release();
    await until("the write is committed", async () => {
      const [found] = await cluster.query<{ count: number }>(
        "select count(*)::int as count from mapping where content like $1",
        [`%value: v${version}}%`],
      );
      return found?.count === 1;
    });
    await until("everybody shows it", async () => (await shown()).every((model) => model === version));
  });

  it("that is killed takes no acknowledged write with it, wherever the kill meets it", async () => {
    for (let round = 0; round < rounds({ short: 1, long: 30 }); round++) {
      const victim = await cluster.startNode();
      const sets = await Promise.all(
        Array.from({ length: 4 }, (_, number) => StoredSet.create(victim, `round_${round}_${number}`)),
      );
      await using owned = new AsyncStack();
      const writers = sets.map((one) => owned.use(new SteadyWriter(one, () => victim).start()));
      const enough = 2 + Math.floor(Math.random() * 5);
      await until("writes are acknowledged", () => writers.every(({ acknowledged }) => acknowledged > enough));
      await victim.kill();
      await Promise.all(writers.map((writer) => writer.stop()));
      for (const { set: written, acknowledged, tried } of writers) {
        const survivors = cluster.nodes.filter(({ isRunning }) => isRunning);
        const models = (await Promise.all(survivors.map((node) => written.map(node)))).map(({ model }) => model);
        for (const model of models) {
          expect(model).toBeGreaterThanOrEqual(acknowledged);
          expect(model).toBeLessThanOrEqual(tried);
        }
      }
    }
  });

  it("that joins late is not ready before it has read the log, and shows everything acknowledged before that", async () => {
    const written = await StoredSet.create(cluster.node(0), "late");
    const audit = new StalenessAudit(0);
    await using writer = new SteadyWriter(
      written,
      () => cluster.node(0),
      (version, how) => audit.written(version, how),
    ).start();
    const port = await freePort();
    const joining = await cluster.launch({ PORT: String(port) });
    const held = cluster.proxyOf(joining).hold((statement) => statement.includes("insert into cluster_member"));
    const health = (): Promise<number> =>
      fetch(`http://127.0.0.1:${port}/health`).then(
        ({ status }) => status,
        () => 0,
      );
    await until("it wants to read the log", () => held.caught() > 0);
    const before = writer.acknowledged;
    await until("writes go on meanwhile", () => writer.acknowledged > before + 2);
    expect(await health()).not.toBe(200);
    held.release();
    await until("it is ready", async () => (await health()) === 200);
    await joining.ready();
    for (let count = 0; count < 10; count++) audit.answered(await written.map(joining));
    await writer.stop();
    audit.answered(await written.map(joining));
    expect(audit.stale).toEqual([]);
    expect(audit.answers).toBe(11);
  });
});

if (!haveRedis) console.warn("The loss of Redis is not tested, because redis-server is missing.");
describe.skipIf(!haveRedis)("nodes whose Redis is killed", () => {
  let redis: TestRedis;
  let cluster: ClusterUnderTest;
  let set: StoredSet;
  let version = 1;

  beforeAll(async () => {
    redis = await startRedis();
    cluster = await startCluster({ channel: "REDIS", surroundings: redisSurroundings(redis) });
    set = await StoredSet.create(cluster.node(0), "redis");
  });
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });

  async function expectVisibleWrites(): Promise<void> {
    for (const writer of cluster.nodes) {
      await set.writeModel(writer, ++version);
      const seen = await Promise.all(cluster.nodes.map((node) => set.map(node)));
      for (const { model } of seen) expect(model).toBe(version);
    }
  }

  it("go on, each write visible everywhere when it is acknowledged", async () => {
    await redis.kill();
    await until("the nodes have noticed", async () => {
      const states = await Promise.all(cluster.nodes.map((node) => node.cluster()));
      return states.every(({ channel }) => !channel.connected);
    });
    for (const node of cluster.nodes) expect((await node.request("/health")).status).toBe(200);
    await expectVisibleWrites();
  });

  it("can start without it, and find each other's messages again when it is back", async () => {
    await cluster.startNode();
    await expectVisibleWrites();
    const again = await startRedis(redis.port);
    try {
      await cluster.untilConnected();
      await expectVisibleWrites();
    } finally {
      await again[Symbol.asyncDispose]();
    }
  });
});
