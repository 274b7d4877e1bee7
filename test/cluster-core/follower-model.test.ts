import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogFollower } from "../../src/cluster/follower.js";
import type { Revision } from "../../src/store/stored.js";
import { SimulatedClock } from "./simulated-clock.js";
import { followerSettings, type LogMood, SimulatedCache, SimulatedLog, simulatedFollower } from "./simulated-log.js";

const keys = ["pulse", "pressure", "weight"] as const;
const key = fc.constantFrom(...keys);
const long = process.env.CAUSEWAY_TEST_LENGTH === "long";

/** What may happen to a node, its network and its database. */
type Happening =
  /** A write anywhere; its hint is lost (undefined) or arrives after so long, maybe several times and before older ones. */
  | { readonly what: "write"; readonly key: string; readonly hints: readonly number[] }
  | { readonly what: "read"; readonly key: string; readonly require: boolean }
  | { readonly what: "time" | "stop" | "sleep"; readonly milliseconds: number }
  | { readonly what: "mood"; readonly mood: LogMood }
  | { readonly what: "latency"; readonly latency: readonly [number, number] }
  | { readonly what: "prune"; readonly keep: number }
  | { readonly what: "restore"; readonly writesAgo: number }
  | { readonly what: "lie"; readonly position: number };

const milliseconds = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 3_000 }));
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ what: fc.constant("write"), key, hints: fc.array(milliseconds, { maxLength: 3 }) }),
  },
  { weight: 8, arbitrary: fc.record({ what: fc.constant("read"), key, require: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constantFrom("time", "stop", "sleep"), milliseconds }) },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant("mood"), mood: fc.constantFrom("answers", "refuses", "hangs") }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("latency"),
      latency: fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 200 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("prune"), keep: fc.integer({ min: 0, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("restore"), writesAgo: fc.integer({ min: 0, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("lie"), position: fc.integer({ min: 0, max: 50 }) }) },
) as fc.Arbitrary<Happening>;

/** A node with a cache, and the promises it is held to. */
class Model {
  readonly clock = new SimulatedClock();
  readonly log = new SimulatedLog(this.clock);
  readonly cache = new SimulatedCache();
  readonly follower: LogFollower;
  readonly wrongs: string[] = [];
  readonly #reads: Promise<void>[] = [];
  #lastWrite: Revision | undefined;
  /** For how long the process or the machine stood still. */
  #stopped = 0;
  #restores = 0;
  #badMoodUntil = Number.NEGATIVE_INFINITY;

  constructor() {
    this.follower = simulatedFollower(this.clock, this.log, this.cache).follower;
  }

  async happen(one: Happening): Promise<void> {
    switch (one.what) {
      case "write": {
        const revision = this.log.write(one.key);
        this.#lastWrite = revision;
        for (const delay of one.hints) this.clock.after(delay, () => this.follower.hint(revision));
        return;
      }
      case "lie":
        this.follower.hint({ epoch: this.log.head.epoch, position: one.position });
        return;
      case "read":
        this.#reads.push(this.#read(one.key, one.require ? this.#lastWrite : undefined));
        return;
      case "time":
        return this.clock.advance(one.milliseconds);
      case "stop":
        // Who may answer already has answered: what was on its way out before the stop is not the node's to hold back.
        await this.clock.advance(0);
        this.clock.stop(one.milliseconds);
        this.#stopped += one.milliseconds;
        return;
      case "sleep":
        await this.clock.advance(0);
        this.clock.sleep(one.milliseconds);
        this.#stopped += one.milliseconds;
        return;
      case "mood":
        this.log.mood = one.mood;
        this.#noteMood();
        return;
      case "latency":
        this.log.latency = one.latency;
        return;
      case "prune":
        this.log.prune(one.keep);
        return;
      case "restore":
        this.log.restore(one.writesAgo, true);
        this.#restores++;
        this.#lastWrite = undefined;
        return;
    }
  }

  /** Waits for the answers that are still missing. */
  async end(): Promise<void> {
    await this.clock.until(Promise.all(this.#reads));
  }

  /** A request: asks whether it may answer, takes what is cached, or loads it. */
  async #read(key: string, required: Revision | undefined): Promise<void> {
    this.#noteMood();
    const asked = this.clock.now().monotonic;
    const expected = this.log.value(key);
    const stops = this.#stopped;
    const restores = this.#restores;
    const freshness = await this.follower
      .fresh(required)
      .catch((error: unknown) => (error as { code?: string }).code ?? String(error));
    this.#noteMood();
    const answered = this.clock.now().monotonic;
    const note = (wrong: string): void => void this.wrongs.push(`${wrong} (asked at ${asked}, now ${answered})`);
    const waited = answered - asked - (this.#stopped - stops);
    if (waited > followerSettings.waitMilliseconds + 10) note("a request waited too long");
    const cached = this.cache.get(key);
    switch (freshness) {
      case "fresh":
        if (cached === undefined) {
          if (this.log.mood === "answers") this.cache.keep(key, this.log.value(key));
          return;
        }
        if (!this.log.hadSince(key, cached, answered - followerSettings.maxStalenessMilliseconds)) {
          note(`${key} is older than the bound`);
        }
        if (required !== undefined && cached < expected) note(`${key} is older than required`);
        return;
      case "cut-off":
      case "CLUSTER_BEHIND":
        // Longer than any attempt that was begun before may last. A process that was stopped may take its own sleep for
        // the silence of the database, and a restore may have taken away what was required.
        if (asked - this.#badMoodUntil > 1_200 && this.#stopped === stops && this.#restores === restores)
          note(`${freshness} although the database answers`);
        return;
      default:
        if (this.#restores === restores) note(freshness);
    }
  }

  #noteMood(): void {
    if (this.log.mood !== "answers") this.#badMoodUntil = this.clock.now().monotonic;
  }
}

describe("whatever happens to messages, clocks and the database", () => {
  const timeout = long ? 600_000 : 30_000;
  it("a node never answers as fresh what is older than the bound or than required, and always answers in time", {
    timeout,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 60 }), async (happenings) => {
        const model = new Model();
        await model.clock.until(model.follower.start());
        for (const one of happenings) await model.happen(one);
        await model.end();
        expect(model.wrongs).toEqual([]);
        // In the end it always finds what was written last, with no message at all.
        model.log.mood = "answers";
        await model.clock.advance(10_000);
        expect(model.follower.applied).toEqual(model.log.head);
        await model.follower.close();
      }),
      { numRuns: long ? 20_000 : 500 },
    );
  });
});
