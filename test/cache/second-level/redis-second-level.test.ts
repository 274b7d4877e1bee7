import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { openRedisSecondLevel } from "../../../src/cache/second-level/redis-second-level.js";
import type { SecondLevel } from "../../../src/cache/second-level/second-level.js";
import { freePort, haveRedis, startRedis, type TestRedis } from "../../support/redis-server.js";

const cluster = { name: "ward", secret: randomBytes(32) };
const row = Object.freeze({ text: "row", more: new Map([["de", undefined]]) });
const VALUES = "{causeway:ward}:rows";
const USES = "{causeway:ward}:rows:uses";

/** Distinct hashes as SHA-256 would give them. */
function hashOf(number: number): string {
  return number.toString(16).padStart(64, "0");
}

describe.skipIf(!haveRedis)("the second level in Redis (needs redis-server on this machine)", () => {
  let redis: TestRedis;
  let warnings: string[];
  beforeAll(async () => {
    redis = await startRedis();
  });
  beforeEach(async () => {
    warnings = [];
    await redis.client.flushall();
  });
  afterAll(async () => {
    await redis[Symbol.asyncDispose]();
  });

  async function open(options: Partial<Parameters<typeof openRedisSecondLevel>[0]> = {}): Promise<SecondLevel> {
    const warn = (message: string) => void warnings.push(message);
    const level = await openRedisSecondLevel({
      url: redis.url,
      cluster,
      limitMegabytes: 30,
      valueLimitKilobytes: 1024,
      warn,
      ...options,
    });
    onTestFinished(() => level.close());
    return level;
  }

  async function put(level: SecondLevel, hash: string, value: object = row): Promise<void> {
    const { puts, tooLarge, failures } = level.statistics();
    level.put(hash, value);
    await vi.waitFor(() => {
      const now = level.statistics();
      expect(now.puts + now.tooLarge + now.failures).toBeGreaterThan(puts + tooLarge + failures);
    });
  }

  it("gives a row that another node has put", async () => {
    await put(await open(), hashOf(1));
    const other = await open();
    expect(await other.get(hashOf(1))).toStrictEqual(row);
    expect(other.statistics()).toMatchObject({ connected: true, hits: 1, misses: 0, refused: 0 });
  });

  it("misses a row that nobody has put", async () => {
    const level = await open();
    expect(await level.get(hashOf(1))).toBeUndefined();
    expect(level.statistics()).toMatchObject({ hits: 0, misses: 1, failures: 0 });
  });

  it("misses a row that was changed in any byte, cut or lengthened", async () => {
    const level = await open();
    await put(level, hashOf(1));
    const sealed = (await redis.client.hgetBuffer(VALUES, hashOf(1))) as Buffer;
    const changed = [0, 31, 32, sealed.length - 1].map((at) => {
      const copy = Buffer.from(sealed);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy;
    });
    const forgeries = [...changed, sealed.subarray(0, 32), sealed.subarray(0, -1), Buffer.concat([sealed, sealed])];
    for (const forged of forgeries) {
      await redis.client.hset(VALUES, hashOf(1), forged);
      expect(await level.get(hashOf(1))).toBeUndefined();
    }
    expect(level.statistics().refused).toBe(forgeries.length);
  });

  it("misses a true row under the hash of another", async () => {
    const level = await open();
    await put(level, hashOf(1));
    await redis.client.hset(VALUES, hashOf(2), (await redis.client.hgetBuffer(VALUES, hashOf(1))) as Buffer);
    expect(await level.get(hashOf(2))).toBeUndefined();
    expect(level.statistics().refused).toBe(1);
  });

  it("misses a row of a node with another secret, and can replace it", async () => {
    await put(await open({ cluster: { ...cluster, secret: randomBytes(32) } }), hashOf(1));
    const level = await open();
    expect(await level.get(hashOf(1))).toBeUndefined();
    await put(level, hashOf(1));
    expect(await level.get(hashOf(1))).toStrictEqual(row);
  });

  it("keeps clusters of different names apart", async () => {
    await put(await open(), hashOf(1));
    const level = await open({ cluster: { ...cluster, name: "other" } });
    expect(await level.get(hashOf(1))).toBeUndefined();
    expect(level.statistics().refused).toBe(0);
  });

  it("neither keeps nor reads a row above the limit for one value", async () => {
    const large = { text: randomBytes(4096).toString("hex") };
    const level = await open({ valueLimitKilobytes: 2 });
    await put(level, hashOf(1), large);
    expect(level.statistics()).toMatchObject({ puts: 0, tooLarge: 1 });
    await put(await open(), hashOf(1), large);
    expect(await level.get(hashOf(1))).toBeUndefined();
    expect(level.statistics()).toMatchObject({ refused: 0, misses: 1 });
  });

  it("keeps to its budget by dropping what was used longest ago, and touches no foreign key", async () => {
    await redis.client.set("foreign", "kept");
    await redis.client.set("{causeway:ward}:rows:mine-not", "kept");
    const level = await open({ limitMegabytes: 1 });
    const half = () => ({ text: randomBytes(280_000).toString("hex") });
    for (const number of [1, 2, 3]) await put(level, hashOf(number), half());
    expect(await level.get(hashOf(1))).toBeDefined();
    for (const number of [4, 5]) await put(level, hashOf(number), half());
    const left = (await redis.client.zrange(USES, "0", "-1")).map((hash) => Number.parseInt(String(hash), 16));
    expect(left).toContain(1);
    expect(left).not.toContain(2);
    expect(left.at(-1)).toBe(5);
    expect((await redis.client.hkeys(VALUES)).filter((key) => key !== "bytes").sort()).toEqual(left.map(hashOf).sort());
    expect(Number(await redis.client.hget(VALUES, "bytes"))).toBeLessThanOrEqual(1024 * 1024);
    expect(await redis.client.mget("foreign", "{causeway:ward}:rows:mine-not")).toEqual(["kept", "kept"]);
  });

  it("counts its bytes right when several nodes put and replace the same rows at once", async () => {
    const nodes = await Promise.all([open(), open(), open()]);
    for (const node of nodes) {
      for (const number of [1, 2, 3, 4, 5, 1, 2]) node.put(hashOf(number), { number, of: node === nodes[0] });
    }
    // Who puts a row again before it was written has replaced it.
    await vi.waitFor(() => expect(nodes.map((node) => node.statistics().puts)).toEqual([5, 5, 5]), 10_000);
    const hashes = (await redis.client.hkeys(VALUES)).filter((key) => key !== "bytes");
    const sizes = await Promise.all(hashes.map((hash) => redis.client.hstrlen(VALUES, hash)));
    expect(hashes.sort()).toEqual([1, 2, 3, 4, 5].map(hashOf));
    expect(Number(await redis.client.hget(VALUES, "bytes"))).toBe(
      sizes.reduce((sum, size) => sum + Number(size) + 300, 0),
    );
  });

  it("starts its rows anew when Redis has evicted half of its books", async () => {
    for (const broken of [VALUES, USES]) {
      await redis.client.flushall();
      const level = await open();
      await put(level, hashOf(1));
      await redis.client.del(broken);
      expect(await level.get(hashOf(2))).toBeUndefined();
      await put(level, hashOf(2));
      expect(await level.get(hashOf(2))).toStrictEqual(row);
      expect(await redis.client.zrange(USES, "0", "-1")).toEqual([hashOf(2)]);
      expect(await redis.client.hlen(VALUES)).toBe(2);
    }
  });

  it("misses, and leaves alone, what a stranger keeps under our keys", async () => {
    await redis.client.set(VALUES, "not a hash");
    const level = await open();
    expect(await level.get(hashOf(1))).toBeUndefined();
    await put(level, hashOf(1));
    expect(await redis.client.get(VALUES)).toBe("not a hash");
  });

  it("still reads when Redis has no memory left to write", async () => {
    const level = await open();
    await put(level, hashOf(1));
    await redis.client.config("SET", "maxmemory", "1");
    onTestFinished(async () => void (await redis.client.config("SET", "maxmemory", "0")));
    expect(await level.get(hashOf(1))).toStrictEqual(row);
  });

  it("leaves nothing in Redis for ever", async () => {
    await put(await open(), hashOf(1));
    for (const key of [VALUES, USES]) expect(await redis.client.ttl(key)).toBeGreaterThan(0);
  });

  it("does not exist at a budget of 0", async () => {
    const level = await open({ limitMegabytes: 0 });
    level.put(hashOf(1), row);
    expect(await level.get(hashOf(1))).toBeUndefined();
    expect(level.statistics().connected).toBe(false);
    expect(await redis.client.dbsize()).toBe(0);
  });
});

describe("without a Redis that answers, the second level", () => {
  const open = async (url: string, warnings: string[]) => {
    const warn = (message: string) => void warnings.push(message);
    const level = await openRedisSecondLevel({ url, cluster, limitMegabytes: 30, valueLimitKilobytes: 1024, warn });
    onTestFinished(() => level.close());
    return level;
  };

  it("misses, and says so once and without the password", async () => {
    const warnings: string[] = [];
    const level = await open(`redis://anna:hunter2@127.0.0.1:${await freePort()}`, warnings);
    level.put(hashOf(1), row);
    for (const number of [1, 2, 3]) expect(await level.get(hashOf(number))).toBeUndefined();
    await vi.waitFor(() => expect(level.statistics().failures).toBeGreaterThan(2));
    expect(warnings).toEqual([expect.stringContaining("ECONNREFUSED")]);
    expect(warnings.join()).not.toContain("hunter2");
  });

  it("misses when the address makes no sense", async () => {
    const warnings: string[] = [];
    expect(await (await open("redis://127.0.0.1:port", warnings)).get(hashOf(1))).toBeUndefined();
    expect(warnings).toHaveLength(1);
  });

  it.skipIf(!haveRedis)("uses one that comes later, and one that comes back after it was killed", async () => {
    const port = await freePort();
    const level = await open(`redis://127.0.0.1:${port}`, []);
    for (let life = 1; life <= 2; life++) {
      await using server = await startRedis(port);
      await vi.waitFor(() => expect(level.statistics().connected).toBe(true), { timeout: 10_000 });
      level.put(hashOf(life), row);
      await vi.waitFor(async () => expect(await level.get(hashOf(life))).toStrictEqual(row), { timeout: 10_000 });
      await server.kill();
      expect(await level.get(hashOf(life))).toBeUndefined();
    }
  });

  it.skipIf(!haveRedis)("gives up on one that has stopped answering, and finds it again", async () => {
    await using server = await startRedis();
    const warnings: string[] = [];
    const level = await open(server.url, warnings);
    server.process.kill("SIGSTOP");
    for (let question = 0; question < 3; question++) expect(await level.get(hashOf(1))).toBeUndefined();
    const { failures } = level.statistics();
    const began = performance.now();
    for (let question = 0; question < 100; question++) expect(await level.get(hashOf(1))).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(level.statistics().failures).toBe(failures);
    expect(warnings).toHaveLength(1);
    server.process.kill("SIGCONT");
    await vi.waitFor(
      async () => {
        level.put(hashOf(1), row);
        expect(await level.get(hashOf(1))).toStrictEqual(row);
      },
      { timeout: 15_000 },
    );
  });
});
