import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { channelKinds } from "../../src/cluster/channel.js";
import { createTestDatabase, type TestDatabase } from "../support/database.js";
import { freePort, newCluster, until } from "./channel-under-test.js";
import { hasRedis, RedisServer } from "./redis-server.js";
import { startChannelProcess } from "./start-channel-process.js";

let database: TestDatabase;
let redis: RedisServer | undefined;

beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  if (!hasRedis()) return;
  redis = new RedisServer(await freePort());
  await redis.start();
});

afterAll(async () => {
  await redis?.remove();
  await database.drop();
});

describe("a channel that was closed leaves nothing open, so that its process ends", () => {
  it.concurrent.each(channelKinds)("%s while it works or searches", async (kind) => {
    const started = startChannelProcess(kind, newCluster(), {
      directConnection: database.connection,
      multicastPort: await freePort(),
      redisUrl: redis?.url ?? "redis://127.0.0.1:1",
      initialHosts: "localhost[1]",
      dnsQuery: "localhost",
    });
    await until("it has started", () => started.report() !== undefined);
    started.tell("announce 1");
    started.tell("close");
    expect(await started.ended()).toBe(0);
  });

  it.concurrent.each(["POSTGRES", "REDIS"] as const)("%s while what it needs is away", async (kind) => {
    const started = startChannelProcess(kind, newCluster(), {
      directConnection: { host: "127.0.0.1", port: 1, user: "nobody", database: "none" },
      redisUrl: "redis://127.0.0.1:1",
    });
    await until("it has tried", () => started.report()?.lastError?.includes("ECONNREFUSED") === true);
    started.tell("announce 1");
    started.tell("close");
    expect(await started.ended()).toBe(0);
  });

  it("TCP while it is connected", async () => {
    const cluster = newCluster();
    const port = await freePort();
    const first = startChannelProcess("TCP", cluster, { port, initialHosts: `127.0.0.1[${port}]` });
    const second = startChannelProcess("TCP", cluster, { initialHosts: `127.0.0.1[${port}]` });
    await until("both are connected", () => first.report()?.connected === true && second.report()?.connected === true);
    first.tell("close");
    expect(await first.ended()).toBe(0);
    await until("the other has noticed", () => second.report()?.connected === false);
    second.tell("close");
    expect(await second.ended()).toBe(0);
  });

  it("and does not announce, fail or wait when it is closed before it was started, or twice", async () => {
    const { makeChannel } = await import("./channel-under-test.js");
    for (const kind of channelKinds) {
      const { channel } = makeChannel(kind);
      await channel.close();
      await channel.close();
      channel.announce({ epoch: "e", position: 1 });
      channel.confirm({ epoch: "e", position: 1 });
      expect(channel.state()).toMatchObject({ kind, connected: false, sent: 0, received: 0, refused: 0, peers: [] });
    }
  });
});
