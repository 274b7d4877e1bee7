import { beforeEach, describe, expect, it } from "vitest";
import { type Fence, Leases } from "../../src/cluster/lease.js";
import { gate, SimulatedClock } from "./simulated-clock.js";

/** A duties table whose clock is the simulated one. */
class SimulatedDuties {
  readonly #clock: SimulatedClock;
  readonly #held = new Map<string, { token: number; holder: string | undefined; expires: number }>();
  answers = true;

  constructor(clock: SimulatedClock) {
    this.#clock = clock;
  }

  async acquire(duty: string, holder: string, seconds: number): Promise<number | undefined> {
    await this.#ask();
    const held = this.#held.get(duty);
    if (held?.holder !== undefined && held.expires > this.#now()) return undefined;
    const token = (held?.token ?? 0) + 1;
    this.#held.set(duty, { token, holder, expires: this.#now() + seconds * 1000 });
    return token;
  }

  async renew(duty: string, token: number, seconds: number): Promise<boolean> {
    await this.#ask();
    const held = this.#held.get(duty);
    if (held?.token !== token || held.holder === undefined || held.expires <= this.#now()) return false;
    held.expires = this.#now() + seconds * 1000;
    return true;
  }

  async release(duty: string, token: number): Promise<void> {
    await this.#ask();
    const held = this.#held.get(duty);
    if (held?.token === token) held.holder = undefined;
  }

  async #ask(): Promise<void> {
    await new Promise<void>((resolve) => void this.#clock.after(2, resolve));
    if (!this.answers) throw new Error("connection refused");
  }

  #now(): number {
    return this.#clock.now().monotonic;
  }
}

let clock: SimulatedClock;
let duties: SimulatedDuties;
let failures: unknown[];

const node = (holder: string): Leases =>
  new Leases({
    repository: duties,
    holder,
    leaseSeconds: 15,
    clock,
    random: () => 0.5,
    failed: (_, error) => failures.push(error),
  });

/** Work that goes on until it is told to stop, and the token under which it does. */
function workUntilStopped(): { readonly work: (fence: Fence) => Promise<string>; readonly begun: number[] } {
  const begun: number[] = [];
  const work = ({ signal, token }: Fence) =>
    new Promise<string>((resolve) => {
      begun.push(token);
      signal.addEventListener("abort", () => resolve("stopped"));
    });
  return { work, begun };
}

beforeEach(() => {
  clock = new SimulatedClock();
  duties = new SimulatedDuties(clock);
  failures = [];
});

describe("a duty", () => {
  it("is done by one node at a time, and its lease lasts as long as the work", async () => {
    const [one, other] = [node("one"), node("other")];
    const { work, begun } = workUntilStopped();
    void one.runDuty("prune", work);
    await clock.advance(60_000);
    expect(await clock.until(other.runDuty("prune", work))).toBeUndefined();
    expect(begun).toEqual([1]);
  });

  it("can be done by another node as soon as it is done", async () => {
    const [one, other] = [node("one"), node("other")];
    expect(await clock.until(one.runDuty("bootstrap", async () => "loaded"))).toEqual({ result: "loaded" });
    expect(await clock.until(other.runDuty("bootstrap", async ({ token }) => token))).toEqual({ result: 2 });
  });

  it("is given back when its work fails", async () => {
    const [one, other] = [node("one"), node("other")];
    const failing = one.runDuty("bootstrap", () => Promise.reject(new Error("no such folder")));
    await expect(clock.until(failing)).rejects.toThrow("no such folder");
    expect(await clock.until(other.runDuty("bootstrap", async () => "loaded"))).toEqual({ result: "loaded" });
  });

  it("stops at the deadline of a lease that cannot be prolonged, before the database gives it away", async () => {
    const { work } = workUntilStopped();
    const running = node("one").runDuty("prune", work);
    await clock.advance(5);
    duties.answers = false;
    const began = clock.now().monotonic;
    expect(await clock.until(running)).toEqual({ result: "stopped" });
    expect(clock.now().monotonic - began).toBeLessThan(15_000);
  });

  it("outlasts a database that is away for less than the lease", async () => {
    const { work } = workUntilStopped();
    const state = { ended: false };
    void node("one")
      .runDuty("prune", work)
      .finally(() => {
        state.ended = true;
      });
    await clock.advance(4_000);
    duties.answers = false;
    await clock.advance(8_000);
    duties.answers = true;
    await clock.advance(60_000);
    expect(state.ended).toBe(false);
  });

  it("lets a holder write nothing that was stopped past the lease", async () => {
    const [one, other] = [node("one"), node("other")];
    const go = gate();
    const stopped = one.runDuty("prune", async ({ guard }) => {
      await go.passed;
      await guard(undefined as never);
    });
    stopped.catch(() => {});
    await clock.advance(5);
    clock.stop(16_000);
    go.open();
    await expect(clock.until(stopped)).rejects.toMatchObject({ code: "STORE_DUTY_LOST" });
    expect(await clock.until(other.runDuty("prune", async ({ token }) => token))).toEqual({ result: 2 });
  });

  it("is waited for by those who need it done", async () => {
    const [one, other] = [node("one"), node("other")];
    const done: string[] = [];
    const first = one.runDutyWhenFree("bootstrap", async () => {
      await new Promise<void>((resolve) => void clock.after(3_000, resolve));
      done.push("one");
    });
    await clock.advance(5);
    const second = other.runDutyWhenFree("bootstrap", async () => void done.push("other"));
    await clock.until(Promise.all([first, second]));
    expect(done).toEqual(["one", "other"]);
  });

  it("that is kept goes to another node when its holder leaves", async () => {
    const [one, other] = [node("one"), node("other")];
    const done: string[] = [];
    one.keepDuty("prune", 1_000, async () => void done.push("one"));
    await clock.advance(10);
    other.keepDuty("prune", 1_000, async () => void done.push("other"));
    await clock.advance(30_000);
    expect(new Set(done)).toEqual(new Set(["one"]));
    await clock.until(one.close());
    done.length = 0;
    await clock.advance(30_000);
    expect(new Set(done)).toEqual(new Set(["other"]));
    await clock.until(other.close());
  });

  it("that is kept is tried again when its work fails", async () => {
    const one = node("one");
    let attempts = 0;
    one.keepDuty("prune", 1_000, async () => {
      if (++attempts === 1) throw new Error("no space left");
    });
    await clock.advance(60_000);
    expect(failures).toHaveLength(1);
    expect(attempts).toBeGreaterThan(2);
    await clock.until(one.close());
  });
});
