import { describe, expect, it } from "vitest";
import { SingleFlightCache } from "../../src/cache/single-flight-cache.js";

/** A load that is finished by hand. */
function openLoad() {
  let resolve: (value: { name: string }) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<{ name: string }>((done, fail) => {
    resolve = done;
    reject = fail;
  });
  let calls = 0;
  const load = () => {
    calls++;
    return promise;
  };
  return { load, resolve, reject, calls: () => calls };
}

describe("a cache in which a value is loaded once", () => {
  it("starts one load for all who ask while it runs, and none for those who ask later", async () => {
    const cache = new SingleFlightCache<{ name: string }>(10, -1);
    const { load, resolve, calls } = openLoad();
    const asked = Promise.all(Array.from({ length: 50 }, () => cache.get("t", "k", load)));
    resolve({ name: "one" });
    expect(new Set(await asked).size).toBe(1);
    await cache.get("t", "k", load);
    expect(calls()).toBe(1);
  });

  it("gives a failure to all who wait and does not keep it", async () => {
    const cache = new SingleFlightCache<{ name: string }>(10, -1);
    const failing = openLoad();
    const asked = Promise.allSettled([cache.get("t", "k", failing.load), cache.get("t", "k", failing.load)]);
    failing.reject(new Error("no"));
    expect((await asked).map((one) => one.status)).toEqual(["rejected", "rejected"]);
    await expect(cache.get("t", "k", async () => ({ name: "two" }))).resolves.toEqual({ name: "two" });
  });

  it("does not keep a value whose load an eviction has overtaken, but gives it to those who came before", async () => {
    const cache = new SingleFlightCache<{ name: string }>(10, -1);
    const old = openLoad();
    const early = cache.get("t", "k", old.load);
    cache.evict("t");
    const late = cache.get("t", "k", async () => ({ name: "new" }));
    old.resolve({ name: "old" });
    expect(await early).toEqual({ name: "old" });
    expect(await late).toEqual({ name: "new" });
    expect(await cache.get("t", "k", async () => ({ name: "third" }))).toEqual({ name: "new" });
  });

  it("starts no second load when the bounded cache is full", async () => {
    const cache = new SingleFlightCache<{ name: string }>(1, -1);
    const loads = ["a", "b", "c"].map((key) => ({ key, ...openLoad() }));
    const asked = loads.flatMap(({ key, load }) => [cache.get("t", key, load), cache.get("t", key, load)]);
    for (const { key, resolve } of loads) resolve({ name: key });
    await Promise.all(asked);
    expect(loads.map(({ calls }) => calls())).toEqual([1, 1, 1]);
  });

  it("evicts one tenant and leaves another whose name begins alike", async () => {
    const cache = new SingleFlightCache<{ name: string }>(10, -1);
    for (const tenant of ["a", "a:b"]) await cache.get(tenant, "b:k", async () => ({ name: tenant }));
    cache.evict("a");
    expect(await cache.get("a:b", "b:k", async () => ({ name: "anew" }))).toEqual({ name: "a:b" });
    expect(await cache.get("a", "b:k", async () => ({ name: "anew" }))).toEqual({ name: "anew" });
  });

  it("keeps nothing when told to keep it for no time", async () => {
    const cache = new SingleFlightCache<{ name: string }>(10, 0);
    let loads = 0;
    for (let asked = 0; asked < 3; asked++) await cache.get("t", "k", async () => ({ name: `${loads++}` }));
    expect(loads).toBe(3);
  });
});
