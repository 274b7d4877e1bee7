import type { CacheInvalidation } from "../../src/cache/cache-statistics.js";
import type { Clock } from "../../src/cluster/clock.js";
import { type FollowedRound, type FollowerSettings, LogFollower } from "../../src/cluster/follower.js";
import type { Revision } from "../../src/store/stored.js";

/** How the database behaves towards those who read the log. */
export type LogMood = "answers" | "refuses" | "hangs";

interface Entry {
  readonly position: number;
  readonly key: string;
}

/** A database with values by key and the log of their changes, and what every key has been at what time. */
export class SimulatedLog {
  readonly #clock: Clock;
  #values = new Map<string, number>();
  #entries: Entry[] = [];
  #epoch = 1;
  #position = 0;
  #fresh = 0;
  readonly #history = new Map<string, { readonly at: number; readonly value: number }[]>();
  mood: LogMood = "answers";
  /** Milliseconds from the question to the snapshot, and from there to the answer. */
  latency: readonly [number, number] = [1, 1];
  rounds = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get head(): Revision {
    return { epoch: `epoch-${this.#epoch}`, position: this.#position };
  }

  write(key: string): Revision {
    this.#set(key, ++this.#fresh);
    this.#entries.push({ position: ++this.#position, key });
    return this.head;
  }

  value(key: string): number {
    return this.#values.get(key) ?? 0;
  }

  /** Removes the older part of the log. */
  prune(keep: number): void {
    this.#entries = this.#entries.slice(Math.max(0, this.#entries.length - keep));
  }

  /** Goes back to how it was some writes ago, as after a restore; with a new epoch, as the operations guide asks for. */
  restore(writesAgo: number, renewEpoch: boolean): void {
    const position = Math.max(0, this.#position - writesAgo);
    this.#entries = this.#entries.filter((entry) => entry.position <= position);
    this.#position = position;
    if (renewEpoch) this.#epoch++;
    // What was restored are other values than ever before.
    for (const key of this.#values.keys()) this.#set(key, ++this.#fresh);
  }

  /** Whether the key had that value at some time since then. */
  hadSince(key: string, value: number, since: number): boolean {
    const history = [{ at: Number.NEGATIVE_INFINITY, value: 0 }, ...(this.#history.get(key) ?? [])];
    return history.some(
      (one, index) => one.value === value && (history[index + 1]?.at ?? Number.POSITIVE_INFINITY) >= since,
    );
  }

  async read(applied: Revision | undefined, signal: AbortSignal): Promise<FollowedRound> {
    this.rounds++;
    const [before, after] = this.latency;
    await this.#wait(before, signal);
    const round = {
      head: this.head,
      oldest: this.#entries[0]?.position,
      entries: this.#entries
        .filter((entry) => entry.position > (applied?.position ?? Number.POSITIVE_INFINITY))
        .map((entry) => ({ ...entry, tenant: "default", kind: "model" as const })),
      more: false,
    };
    await this.#wait(after, signal);
    return round;
  }

  async #wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.mood === "refuses") throw new Error("connection refused");
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new Error("given up")));
      if (this.mood === "answers") this.#clock.after(milliseconds, resolve);
    });
  }

  #set(key: string, value: number): void {
    this.#values.set(key, value);
    const history = this.#history.get(key) ?? [];
    history.push({ at: this.#clock.now().monotonic, value });
    this.#history.set(key, history);
  }
}

/** A cache that keeps everything until it is told otherwise. */
export class SimulatedCache implements CacheInvalidation {
  readonly #kept = new Map<string, number>();

  apply(entries: readonly { readonly key: string }[]): void {
    for (const { key } of entries) this.#kept.delete(key);
  }

  dropAll(): void {
    this.#kept.clear();
  }

  get(key: string): number | undefined {
    return this.#kept.get(key);
  }

  keep(key: string, value: number): void {
    this.#kept.set(key, value);
  }
}

export const followerSettings: FollowerSettings = {
  pollMilliseconds: 400,
  maxStalenessMilliseconds: 1000,
  stalePolicy: "serve",
  waitMilliseconds: 2000,
};

/** A follower of that log over that cache, and what it told of itself. */
export function simulatedFollower(
  clock: Clock,
  log: SimulatedLog,
  cache: CacheInvalidation,
  settings: Partial<FollowerSettings> = {},
): { readonly follower: LogFollower; readonly events: readonly string[]; readonly reported: readonly Revision[] } {
  const events: string[] = [];
  const reported: Revision[] = [];
  const follower = new LogFollower({
    readRound: (applied, signal) => log.read(applied, signal),
    report: async (applied) => void reported.push(applied),
    caches: cache,
    clock,
    random: () => 0.5,
    settings: { ...followerSettings, ...settings },
    events: {
      dropped: (cause) => events.push(cause),
      cutOff: () => events.push("cut off"),
      healed: () => events.push("healed"),
    },
  });
  return { follower, events, reported };
}
