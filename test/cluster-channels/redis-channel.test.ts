import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { redisChannelName } from "../../src/cluster/channels/redis-channel.js";
import {
  closeChannels,
  epoch,
  freePort,
  newCluster,
  newInstanceId,
  startChannel,
  until,
} from "./channel-under-test.js";
import { hasRedis, RedisServer } from "./redis-server.js";

const cluster = newCluster();
let server: RedisServer;

describe.skipIf(!hasRedis())("the channel over Redis (needs redis-server in PATH)", () => {
  beforeEach(async () => {
    server = new RedisServer(await freePort());
  });

  afterEach(async () => {
    await closeChannels();
    await server.remove();
  });

  it("carries hints and confirmations, and a node does not hear itself", async () => {
    await server.start();
    const first = await startChannel("REDIS", { cluster, redisUrl: server.url });
    const second = await startChannel("REDIS", { cluster, redisUrl: server.url });
    await until("both are connected", () => first.state().connected && second.state().connected);
    first.channel.announce({ epoch, position: 17 });
    second.channel.confirm({ epoch, position: 17 });
    await until("both are told", () => second.hints.length > 0 && first.confirmations.length > 0);
    expect(second.hints).toEqual([{ epoch, position: 17 }]);
    expect(first.confirmations).toEqual([{ instanceId: second.instanceId, applied: { epoch, position: 17 } }]);
    for (const node of [first, second]) {
      expect(node.state()).toMatchObject({ sent: 1, received: 1, refused: 0, reconnects: 0, peers: [] });
    }
  });

  it("starts without Redis and works when it comes", async () => {
    const first = await startChannel("REDIS", { cluster, redisUrl: server.url });
    const second = await startChannel("REDIS", { cluster, redisUrl: server.url });
    await until("it says why", () => first.state().lastError?.includes("ECONNREFUSED") === true);
    expect(first.state().connected).toBe(false);
    first.channel.announce({ epoch, position: 1 });
    await server.start();
    await until("both are connected", () => first.state().connected && second.state().connected);
    first.channel.announce({ epoch, position: 2 });
    await until("it is told", () => second.hints.some(({ position }) => position === 2));
    expect(first.state().reconnects).toBe(0);
  });

  it("comes back when Redis was killed, and asks for what it missed", async () => {
    await server.start();
    const first = await startChannel("REDIS", { cluster, redisUrl: server.url });
    const second = await startChannel("REDIS", { cluster, redisUrl: server.url });
    await until("both are connected", () => first.state().connected && second.state().connected);
    await server.kill();
    await until("both have noticed", () => !first.state().connected && !second.state().connected);
    const before = [first.missed(), second.missed()];
    await server.start();
    await until("both are back", () => first.state().connected && second.state().connected);
    expect([first.missed(), second.missed()]).toEqual(before.map((count) => count + 1));
    expect([first.state().reconnects, second.state().reconnects]).toEqual([1, 1]);
    second.channel.announce({ epoch, position: 3 });
    await until("it is told", () => first.hints.length > 0);
  });

  it("leaves a Redis that has fallen silent", async () => {
    await server.start();
    const timing = { heartbeatAnswer: 200 };
    const node = await startChannel("REDIS", { cluster, redisUrl: server.url, timing });
    await until("it is connected", () => node.state().connected);
    server.signal("SIGSTOP");
    await until("it has noticed", () => !node.state().connected);
    server.signal("SIGCONT");
    await until("it is back", () => node.state().connected);
  });

  it("refuses messages of who has another secret, garbage, and what was changed on the way", async () => {
    await server.start();
    const node = await startChannel("REDIS", { cluster, redisUrl: server.url });
    const stranger = await startChannel("REDIS", { cluster: newCluster(cluster.name), redisUrl: server.url });
    await until("both are connected", () => node.state().connected && stranger.state().connected);
    stranger.channel.announce({ epoch, position: 1 });
    await until("it is refused", () => node.state().refused === 1);
    const intruder = new Redis(server.url);
    const forged = `${"0".repeat(64)}hint ${epoch} 2 ${newInstanceId()}`;
    for (const message of ["", "x", forged, "y".repeat(1_000_000)]) {
      await intruder.publish(redisChannelName(cluster.name), message);
    }
    await until("all are refused", () => node.state().refused === 5);
    intruder.disconnect();
    expect(node.hints).toEqual([]);
    expect(node.log.filter(({ message }) => message.includes("was ignored"))).toHaveLength(1);
  });

  it("does not hear another cluster in the same Redis", async () => {
    await server.start();
    const node = await startChannel("REDIS", { cluster, redisUrl: server.url });
    const other = await startChannel("REDIS", { redisUrl: server.url });
    const same = await startChannel("REDIS", { cluster, redisUrl: server.url });
    await until("all are connected", () => [node, other, same].every((each) => each.state().connected));
    other.channel.announce({ epoch, position: 1 });
    await until("it was sent", () => other.state().sent === 1);
    same.channel.announce({ epoch, position: 2 });
    await until("it is told", () => node.hints.length > 0);
    expect(node.hints).toEqual([{ epoch, position: 2 }]);
    expect(node.state().refused).toBe(0);
  });
});

describe("the channel over Redis without REDIS_URL", () => {
  it("starts, says what is missing, and closes", async () => {
    const node = await startChannel("REDIS", { cluster });
    expect(node.state()).toMatchObject({ connected: false, lastError: "REDIS_URL is not set." });
    await node.channel.close();
  });

  it.each(["redis://user:top%secret@host", "://user:topsecret@host", "http://:topsecret@host", "topsecret"])(
    "or with %s in it starts, and shows nothing of it",
    async (redisUrl) => {
      const node = await startChannel("REDIS", { cluster, redisUrl });
      expect(node.state().lastError).toContain("REDIS_URL is no URL");
      expect(JSON.stringify([node.state(), node.log])).not.toContain("secret");
    },
  );
});
