import { describe, expect, it } from "vitest";
import { BoundedCache, type BoundedCacheOptions } from "../../src/cache/bounded-cache.js";
import { heldClock, heldLoad } from "./held-load.js";

function cacheOf(options: Partial<BoundedCacheOptions<string>> = {}) {
  return new BoundedCache<string>({
    cache: "test",
    group: "opt",
    seconds: -1,
    maxEntries: 10,
    maxBytes: 1_000_000,
    bytesOf: (value) => value.length,
    ...options,
  });
}

async function answerOf(cache: BoundedCache<string>, key: string, value: string, tenant = "t") {
  return (await cache.get(tenant, key, async () => value)).value;
}

describe("a cache in which a value is loaded once", () => {
  it("starts one load for all who ask while it runs, and none for those who ask later", async () => {
    const cache = cacheOf();
    const { load, resolve, begun } = heldLoad();
    const asked = Promise.all(Array.from({ length: 50 }, () => cache.get("t", "k", load)));
    resolve("one");
    const origins = (await asked).map(({ origin }) => origin);
    expect(origins).toEqual(["loaded", ...Array.from({ length: 49 }, () => "joined")]);
    expect(await cache.get("t", "k", load)).toMatchObject({ value: "one", origin: "kept" });
    expect(begun()).toBe(1);
  });

  it("gives a failure to all who wait and does not keep it", async () => {
    const cache = cacheOf();
    const poisoned = heldLoad();
    const asked = Promise.allSettled([cache.get("t", "k", poisoned.load), cache.get("t", "k", poisoned.load)]);
    const failure = new Error("poisoned");
    poisoned.reject(failure);
    expect((await asked).map((one) => one.status === "rejected" && one.reason)).toEqual([failure, failure]);
    expect(poisoned.begun()).toBe(1);
    expect(await answerOf(cache, "k", "anew")).toBe("anew");
  });

  it("lets nobody who asks after a failure join the load that failed", async () => {
    const cache = cacheOf();
    let loads = 0;
    const poisoned = async () => {
      loads++;
      throw new Error("poisoned");
    };
    await cache.get("t", "k", poisoned).catch(() => cache.get("t", "k", poisoned).catch(() => undefined));
    expect(loads).toBe(2);
  });

  it("keeps what nobody holds as well: undefined is a value like any other", async () => {
    const cache = new BoundedCache<string | undefined>({
      ...{ cache: "test", group: "opt", seconds: -1, maxEntries: 10, maxBytes: 1000 },
      bytesOf: () => 0,
    });
    await cache.get("t", "k", async () => undefined);
    expect(await cache.get("t", "k", async () => "never")).toMatchObject({ value: undefined, origin: "kept" });
  });
});

describe("an eviction that overtakes a load", () => {
  const evictions: readonly [string, (cache: BoundedCache<string>) => void][] = [
    ["of its key", (cache) => cache.evict("t", "k")],
    ["of what cannot be asked yet", (cache) => cache.evictWhere("t", () => false)],
    ["of everything", (cache) => cache.dropAll()],
  ];
  for (const [what, evict] of evictions) {
    it(`${what} leaves its value to those who came before, keeps it not, and lets others load anew`, async () => {
      const cache = cacheOf();
      const old = heldLoad();
      const early = [cache.get("t", "k", old.load), cache.get("t", "k", old.load)];
      evict(cache);
      const recent = heldLoad();
      const late = [cache.get("t", "k", recent.load), cache.get("t", "k", recent.load)];
      recent.resolve("new");
      expect((await Promise.all(late)).map(({ value }) => value)).toEqual(["new", "new"]);
      old.resolve("old");
      expect((await Promise.all(early)).map(({ value }) => value)).toEqual(["old", "old"]);
      expect(await answerOf(cache, "k", "third")).toBe("new");
      expect([old.begun(), recent.begun()]).toEqual([1, 1]);
    });
  }

  it("also overtakes a value that came along with another load", async () => {
    const cache = cacheOf();
    await cache.claim("t", "k", async (keep) => {
      cache.evict("t", "k");
      keep("old");
    });
    expect(cache.holds("t", "k")).toBe(false);
    await cache.claim("t", "k", async (keep) => keep("new"));
    expect(await answerOf(cache, "k", "third")).toBe("new");
  });

  it("leaves the loads of other keys and tenants alone", async () => {
    const cache = cacheOf();
    const other = heldLoad();
    const waiting = cache.get("other", "k", other.load);
    cache.evict("t", "k");
    cache.evictWhere("t", () => true);
    other.resolve("theirs");
    await waiting;
    expect(await answerOf(cache, "k", "anew", "other")).toBe("theirs");
  });
});

describe("an eviction by tenant", () => {
  it("spares a tenant whose name begins alike", async () => {
    const cache = cacheOf();
    for (const tenant of ["a", "a:b"]) await answerOf(cache, "b:k", tenant, tenant);
    cache.evictWhere("a", () => true);
    expect(await answerOf(cache, "b:k", "anew", "a:b")).toBe("a:b");
    expect(await answerOf(cache, "b:k", "anew", "a")).toBe("anew");
  });

  it("of one value does not touch the value that has replaced it", async () => {
    const cache = cacheOf();
    await answerOf(cache, "k", "one");
    cache.evictValue("t", "k", "another");
    expect(cache.holds("t", "k")).toBe(true);
    cache.evictValue("t", "k", "one");
    expect(cache.holds("t", "k")).toBe(false);
  });
});

describe("the bounds of a cache", () => {
  it("start no second load when more keys are cold than it holds", async () => {
    const cache = cacheOf({ maxEntries: 2 });
    const loads = Array.from({ length: 20 }, (_, at) => ({ key: `k${at}`, ...heldLoad() }));
    const asked = [1, 2, 3].flatMap(() => loads.map(({ key, load }) => cache.get("t", key, load)));
    for (const { key, resolve } of loads) resolve(key);
    expect((await Promise.all(asked)).map(({ value }) => value).slice(0, 20)).toEqual(loads.map(({ key }) => key));
    expect(loads.map(({ begun }) => begun())).toEqual(loads.map(() => 1));
    expect(cache.statistics()).toMatchObject({ loads: 20, entries: 2, evictions: { capacity: 18 } });
  });

  it("hold in bytes: the least recently used go first", async () => {
    const cache = cacheOf({ maxBytes: 3_000 });
    for (const key of ["a", "b"]) await answerOf(cache, key, "x".repeat(1_000));
    cache.kept("t", "a");
    await answerOf(cache, "c", "x".repeat(1_000));
    expect(["a", "b", "c"].map((key) => cache.holds("t", key))).toEqual([true, false, true]);
    expect(cache.statistics().bytes).toBeLessThanOrEqual(3_000);
  });

  it("hand over a value larger than all of them, keep it not and spare the others", async () => {
    const cache = cacheOf({ maxBytes: 1_000 });
    await answerOf(cache, "small", "x");
    expect(await answerOf(cache, "large", "x".repeat(5_000))).toHaveLength(5_000);
    expect(cache.holds("t", "small")).toBe(true);
    expect(cache.statistics()).toMatchObject({ entries: 1, evictions: { capacity: 1 } });
  });
});

describe("the time to live of a value", () => {
  it("of -1 never ends", async () => {
    const { now, pass } = heldClock();
    const cache = cacheOf({ seconds: -1, now });
    await answerOf(cache, "k", "old");
    pass(100 * 365 * 24 * 3600);
    expect(await answerOf(cache, "k", "new")).toBe("old");
  });

  it("of 0 makes every request load for itself, those at the same moment too", async () => {
    const cache = cacheOf({ seconds: 0 });
    const { load, resolve, begun } = heldLoad();
    const asked = [cache.get("t", "k", load), cache.get("t", "k", load)];
    resolve("one");
    await Promise.all(asked);
    await cache.get("t", "k", load);
    expect(begun()).toBe(3);
    expect(cache.statistics()).toMatchObject({ loads: 3, entries: 0, bytes: 0 });
  });

  it("of n ends n seconds after it was written, however often it was read meanwhile", async () => {
    const { now, pass } = heldClock();
    const cache = cacheOf({ seconds: 60, now });
    const slow = heldLoad();
    const asked = cache.get("t", "k", slow.load);
    pass(1000);
    slow.resolve("old");
    await asked;
    for (let second = 0; second < 59; second++) {
      pass(1);
      expect(await answerOf(cache, "k", "new")).toBe("old");
    }
    pass(0.999);
    expect(await answerOf(cache, "k", "new")).toBe("old");
    pass(0.001);
    expect(await answerOf(cache, "k", "new")).toBe("new");
    expect(cache.statistics().evictions).toMatchObject({ expired: 1, invalidated: 0 });
  });

  it("also ends when the clock began at zero", async () => {
    let milliseconds = 0;
    const cache = cacheOf({ seconds: 1, now: () => milliseconds });
    await answerOf(cache, "k", "old");
    milliseconds = 1_000;
    expect(await answerOf(cache, "k", "new")).toBe("new");
  });

  it("of anything else is refused", () => {
    for (const seconds of [-2, -0.5, Number.NaN, Number.NEGATIVE_INFINITY]) {
      expect(() => cacheOf({ seconds })).toThrow(RangeError);
    }
  });
});

describe("the statistics of a cache", () => {
  it("count hits, misses, loads, load time and evictions by cause", async () => {
    const { now, pass } = heldClock();
    const cache = cacheOf({ seconds: 100, now });
    const slow = heldLoad();
    const asked = [cache.get("t", "a", slow.load), cache.get("t", "a", slow.load)];
    pass(2);
    slow.resolve("a");
    await Promise.all(asked);
    await answerOf(cache, "a", "never");
    await cache.get("t", "b", () => Promise.reject(new Error("no"))).catch(() => {});
    for (const key of ["b", "c", "d"]) await answerOf(cache, key, key);
    cache.evict("t", "a");
    cache.evict("t", "unknown");
    cache.evictWhere("t", (value) => value === "b");
    cache.dropAll();
    expect(cache.statistics()).toEqual({
      cache: "test",
      group: "opt",
      hits: 1,
      misses: 6,
      loads: 5,
      failedLoads: 1,
      loadMilliseconds: 2000,
      evictions: { invalidated: 2, expired: 0, capacity: 0, dropped: 2 },
      entries: 0,
      bytes: 0,
    });
  });
});
