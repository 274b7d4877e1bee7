import { beforeEach, describe, expect, it } from "vitest";
import type { LogFollower } from "../../src/cluster/follower.js";
import { Problem } from "../../src/errors/problem.js";
import { SimulatedClock } from "./simulated-clock.js";
import { SimulatedCache, SimulatedLog, simulatedFollower } from "./simulated-log.js";

let clock: SimulatedClock;
let log: SimulatedLog;
let cache: SimulatedCache;
let follower: LogFollower;
let events: readonly string[];
let reported: readonly unknown[];

async function start(settings: Parameters<typeof simulatedFollower>[3] = {}): Promise<void> {
  clock = new SimulatedClock();
  log = new SimulatedLog(clock);
  cache = new SimulatedCache();
  ({ follower, events, reported } = simulatedFollower(clock, log, cache, settings));
  await clock.until(follower.start());
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return clock.until(
    promise.then(
      () => "no failure",
      (error: unknown) => (error instanceof Problem ? error.code : String(error)),
    ),
  );
}

beforeEach(() => start());

describe("a node that follows the log", () => {
  it("asks nobody while its last look is younger than the bound", async () => {
    const before = log.rounds;
    await follower.fresh();
    expect(log.rounds).toBe(before);
  });

  it("evicts what a write made stale within a poll interval, without any hint", async () => {
    cache.keep("pulse", 0);
    log.write("pulse");
    await clock.advance(410);
    expect(cache.get("pulse")).toBeUndefined();
  });

  it("evicts at once on a hint beyond what it has applied, and reports it", async () => {
    cache.keep("pulse", 0);
    follower.hint(log.write("pulse"));
    await clock.advance(5);
    expect(cache.get("pulse")).toBeUndefined();
    expect(reported.at(-1)).toEqual(log.head);
  });

  it("takes no notice of a hint about what it has", async () => {
    follower.hint(log.write("pulse"));
    await clock.advance(5);
    const before = log.rounds;
    follower.hint(log.head);
    await clock.advance(5);
    expect(log.rounds).toBe(before);
  });

  it("is not kept busy by hints that are not true", async () => {
    const before = log.rounds;
    for (let message = 0; message < 100; message++) {
      follower.hint({ epoch: "somebody else's", position: message });
      await clock.advance(3);
    }
    expect(log.rounds - before).toBeLessThan(5);
  });

  it("applies the foreign write before its own too", async () => {
    cache.keep("pulse", 0);
    log.write("pulse");
    const own = log.write("pressure");
    await clock.until(follower.reach(own));
    expect(cache.get("pulse")).toBeUndefined();
  });

  it("shares one look among all who ask while another is under way", async () => {
    clock.stop(5_000);
    const before = log.rounds;
    await clock.until(Promise.all(Array.from({ length: 50 }, () => follower.fresh())));
    expect(log.rounds - before).toBeLessThanOrEqual(2);
  });

  it("does not take a look for proof that began before the question", async () => {
    log.latency = [1, 100];
    const early = follower.sync();
    await clock.advance(50);
    const required = log.write("pulse");
    const later = follower.fresh(required);
    await clock.until(early);
    expect(follower.has(required)).toBe(false);
    expect(await clock.until(later)).toBe("fresh");
    expect(follower.has(required)).toBe(true);
  });

  it("counts the age of a look from its beginning, not from its end", async () => {
    log.latency = [1, 300];
    const look = follower.sync();
    await clock.advance(100);
    cache.keep("pulse", 0);
    log.write("pulse");
    await clock.until(look);
    clock.stop(950);
    await clock.until(follower.fresh());
    expect(cache.get("pulse")).toBeUndefined();
  });

  it("does not take a look for proof in the middle of which it was stopped", async () => {
    clock.stop(5_000);
    log.latency = [1, 300];
    const answer = follower.fresh();
    await clock.advance(100);
    cache.keep("pulse", 0);
    log.write("pulse");
    clock.stop(5_000);
    expect(await clock.until(answer)).toBe("fresh");
    expect(cache.get("pulse")).toBeUndefined();
  });

  it("finds on waking that its look is old, whatever its timers say", async () => {
    cache.keep("pulse", 0);
    clock.stop(60_000);
    log.write("pulse");
    await clock.until(follower.fresh());
    expect(cache.get("pulse")).toBeUndefined();
  });

  it("finds it when its monotonic clock slept as well", async () => {
    cache.keep("pulse", 0);
    clock.sleep(60_000);
    log.write("pulse");
    await clock.until(follower.fresh());
    expect(cache.get("pulse")).toBeUndefined();
  });
});

describe("a node that cannot follow entry by entry drops everything", () => {
  it("when the epoch is another one", async () => {
    cache.keep("pulse", 0);
    log.restore(0, true);
    await clock.advance(500);
    expect(cache.get("pulse")).toBeUndefined();
    expect(events).toEqual(["epoch changed"]);
  });

  it("when the head is below what it has applied", async () => {
    follower.hint(log.write("pulse"));
    await clock.advance(5);
    cache.keep("pulse", 1);
    log.restore(1, false);
    await clock.advance(500);
    expect(cache.get("pulse")).toBeUndefined();
    expect(events).toEqual(["head went back"]);
  });

  it("when the log was pruned past it while it slept", async () => {
    cache.keep("pulse", 0);
    clock.stop(60_000);
    log.write("pulse");
    log.write("pressure");
    log.prune(1);
    await clock.until(follower.fresh());
    expect(cache.get("pulse")).toBeUndefined();
    expect(events).toEqual(["log pruned"]);
    expect(follower.fullDrops).toBe(1);
  });

  it("and not when exactly the applied part was pruned", async () => {
    follower.hint(log.write("pulse"));
    await clock.advance(5);
    log.write("pressure");
    log.prune(1);
    await clock.advance(500);
    expect(events).toEqual([]);
  });
});

describe("a required revision", () => {
  it("is waited for no longer than the wait, and then refused as busy", async () => {
    const { epoch, position } = log.head;
    expect(await codeOf(follower.fresh({ epoch, position: position + 1 }))).toBe("CLUSTER_BEHIND");
  });

  it("that never was costs no more looks than polling", async () => {
    const before = log.rounds;
    const { epoch, position } = log.head;
    await codeOf(follower.fresh({ epoch, position: position + 1 }));
    expect(log.rounds - before).toBeLessThan(14);
  });

  it("of another epoch is refused", async () => {
    expect(await codeOf(follower.fresh({ epoch: "other", position: 0 }))).toBe("CLUSTER_REVISION_FOREIGN");
  });

  it("of an epoch that this node has not noticed yet is honoured", async () => {
    log.restore(0, true);
    expect(await clock.until(follower.fresh(log.write("pulse")))).toBe("fresh");
  });
});

describe("a node without its database", () => {
  it.each(["refuses", "hangs"] as const)("goes on and says so when it %s", async (mood) => {
    log.mood = mood;
    await clock.advance(5_000);
    expect(follower.freshness()).toBe("cut-off");
    expect(await clock.until(follower.fresh())).toBe("cut-off");
    expect(events).toEqual(["cut off"]);
  });

  it("refuses when the policy says so", async () => {
    await start({ stalePolicy: "refuse" });
    log.mood = "refuses";
    clock.stop(2_000);
    expect(await codeOf(follower.fresh())).toBe("CLUSTER_CUT_OFF");
  });

  it.each(["refuses", "hangs"] as const)("is fresh again with the first answer after one that %s", async (mood) => {
    cache.keep("pulse", 0);
    log.mood = mood;
    await clock.advance(30_000);
    log.write("pulse");
    log.mood = "answers";
    expect(await clock.until(follower.fresh())).toBe("fresh");
    expect(cache.get("pulse")).toBeUndefined();
    expect(events).toEqual(["cut off", "healed"]);
  });

  it("is not cut off after one failure", async () => {
    log.mood = "refuses";
    clock.stop(1_100);
    const answer = follower.fresh();
    await clock.advance(0);
    log.mood = "answers";
    expect(await clock.until(answer)).toBe("fresh");
  });

  it("keeps trying, less and less often, and finds it without being asked", async () => {
    log.mood = "refuses";
    await clock.advance(60_000);
    const before = log.rounds;
    await clock.advance(60_000);
    expect(log.rounds - before).toBeLessThan(30);
    log.mood = "answers";
    await clock.advance(6_000);
    expect(follower.freshness()).toBe("fresh");
  });

  it("does not start when it cannot look for the first time", async () => {
    log.mood = "refuses";
    const { follower: late } = simulatedFollower(clock, log, cache);
    await expect(clock.until(late.start())).rejects.toThrow("connection refused");
  });

  it("looks no more once it is closed, and answers who still asks", async () => {
    log.mood = "hangs";
    clock.stop(5_000);
    const waiting = follower.fresh();
    await clock.until(follower.close());
    expect(await clock.until(waiting)).toBe("cut-off");
    const before = log.rounds;
    await clock.advance(10_000);
    expect(log.rounds).toBe(before);
  });
});
