import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BoundedCache } from "../../src/cache/bounded-cache.js";

const tenants = ["a", "a:"] as const;
const keys = ["k", ":k", "l"] as const;
const seconds = 10;

/** What a load gives: which key it was for, and at which step of the run it began. */
interface Loaded {
  readonly place: string;
  readonly begun: number;
}

interface RunningLoad extends Loaded {
  settle(failing: boolean): void;
  /** Whether an eviction has come since it began. */
  overtaken: boolean;
}

type Action =
  | { readonly kind: "get"; readonly tenant: string; readonly key: string }
  | { readonly kind: "evict"; readonly tenant: string; readonly key: string }
  | { readonly kind: "evictTenant"; readonly tenant: string }
  | { readonly kind: "dropAll" }
  | { readonly kind: "settle"; readonly which: number; readonly failing: boolean }
  | { readonly kind: "pass"; readonly seconds: number };

const tenant = fc.constantFrom(...tenants);
const key = fc.constantFrom(...keys);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("get" as const), tenant, key }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("evict" as const), tenant, key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("evictTenant" as const), tenant }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("dropAll" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("settle" as const), which: fc.nat(20), failing: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("pass" as const), seconds: fc.integer({ min: 1, max: 7 }) }) },
);

/** The cache beside a model of it that remembers everything: who was evicted when, what was loaded when. */
class Comparison {
  readonly #cache: BoundedCache<Loaded>;
  readonly #bounded: boolean;
  #step = 0;
  #milliseconds = 0;
  #running: RunningLoad[] = [];
  readonly #kept = new Map<string, { readonly value: Loaded; readonly writtenAt: number }>();
  readonly #evictedAt = new Map<string, number>();
  readonly #answers: Promise<void>[] = [];

  constructor(maxEntries: number) {
    this.#bounded = maxEntries < tenants.length * keys.length;
    this.#cache = new BoundedCache({
      ...{ cache: "test", group: "opt", seconds, maxEntries, maxBytes: 1_000_000 },
      bytesOf: () => 1,
      now: () => this.#milliseconds,
    });
  }

  async run(actions: readonly Action[]): Promise<void> {
    for (const next of actions) {
      this.#step++;
      this.#do(next);
      // Lets every continuation run before the next action.
      await new Promise((resolve) => setImmediate(resolve));
    }
    while (this.#running.length > 0) this.#settle(0, false);
    await Promise.all(this.#answers);
    const { entries, loads, misses } = this.#cache.statistics();
    expect(loads).toBeLessThanOrEqual(misses);
    expect(entries).toBeLessThanOrEqual(tenants.length * keys.length);
  }

  #do(next: Action): void {
    switch (next.kind) {
      case "get":
        this.#get(next.tenant, next.key);
        return;
      case "evict":
        this.#cache.evict(next.tenant, next.key);
        this.#evicted((place) => place === placeOf(next.tenant, next.key));
        return;
      case "evictTenant":
        this.#cache.evictWhere(next.tenant, () => true);
        this.#evicted((place) => keys.some((each) => place === placeOf(next.tenant, each)));
        return;
      case "dropAll":
        this.#cache.dropAll();
        this.#evicted(() => true);
        return;
      case "settle":
        this.#settle(next.which, next.failing);
        return;
      case "pass":
        this.#milliseconds += next.seconds * 1000;
        return;
      default:
        next satisfies never;
    }
  }

  #get(tenant: string, key: string): void {
    const place = placeOf(tenant, key);
    const evictedAt = this.#evictedAt.get(place) ?? -1;
    const kept = this.#kept.get(place);
    const isKept = kept !== undefined && this.#milliseconds - kept.writtenAt < seconds * 1000;
    const isLoading = this.#running.some((load) => load.place === place && !load.overtaken);
    const before = this.#running.length;
    const answer = this.#cache.get(tenant, key, () => this.#begin(place));
    const begins = this.#running.length > before;
    if (!this.#bounded) expect(begins).toBe(!isKept && !isLoading);
    else if (isLoading) expect(begins).toBe(false);
    this.#answers.push(
      answer.then(
        ({ value, origin }) => {
          expect(value.place).toBe(place);
          expect(value.begun).toBeGreaterThan(evictedAt);
          if (origin === "kept") expect(value).toBe(kept?.value);
          if (origin === "kept") expect(isKept).toBe(true);
        },
        (error: unknown) => expect(error).toBeInstanceOf(FailedLoad),
      ),
    );
  }

  #begin(place: string): Promise<Loaded> {
    return new Promise((resolve, reject) => {
      const load: RunningLoad = {
        place,
        begun: this.#step,
        overtaken: false,
        settle: (failing) => (failing ? reject(new FailedLoad()) : resolve(load)),
      };
      this.#running.push(load);
    });
  }

  #settle(which: number, failing: boolean): void {
    const [load] = this.#running.splice(which % Math.max(1, this.#running.length), 1);
    if (load === undefined) return;
    load.settle(failing);
    if (!failing && !load.overtaken) this.#kept.set(load.place, { value: load, writtenAt: this.#milliseconds });
  }

  #evicted(isMeant: (place: string) => boolean): void {
    for (const tenant of tenants) {
      for (const key of keys) {
        const place = placeOf(tenant, key);
        if (!isMeant(place)) continue;
        this.#evictedAt.set(place, this.#step);
        this.#kept.delete(place);
      }
    }
    for (const load of this.#running) if (isMeant(load.place)) load.overtaken = true;
  }
}

class FailedLoad extends Error {}

function placeOf(tenant: string, key: string): string {
  return JSON.stringify([tenant, key]);
}

describe("whatever happens in whatever order", () => {
  it("a cache never serves what began to load before the last eviction, and loads exactly when it must", async () => {
    const runs = fc.array(action, { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(runs, (actions) => new Comparison(100).run(actions)),
      { numRuns: 200 },
    );
  });

  it("a cache too small for its keys serves nothing stale either, and never loads a key twice at a time", async () => {
    const runs = fc.array(action, { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(runs, (actions) => new Comparison(2).run(actions)),
      { numRuns: 200 },
    );
  });
});
