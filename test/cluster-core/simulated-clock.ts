import type { Clock, Moment } from "../../src/cluster/clock.js";

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly work: () => void;
}

/** A clock that stands still until it is told to go on. */
export class SimulatedClock implements Clock {
  #monotonic = 0;
  #wall = 1_000_000;
  #order = 0;
  readonly #timers = new Set<Timer>();

  now(): Moment {
    return { monotonic: this.#monotonic, wall: this.#wall };
  }

  after(milliseconds: number, work: () => void): () => void {
    const timer = { at: this.#monotonic + milliseconds, order: this.#order++, work };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass, and everything happen that is due meanwhile, in order. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#monotonic + milliseconds;
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#go(next.at);
      this.#timers.delete(next);
      next.work();
      await settle();
    }
    this.#go(end);
  }

  /** The process stands still: time passes and nothing happens; what was due meanwhile comes when it goes on. */
  stop(milliseconds: number): void {
    this.#go(this.#monotonic + milliseconds);
  }

  /** The machine sleeps: only the wall clock goes on. */
  sleep(milliseconds: number): void {
    this.#wall += milliseconds;
  }

  /** Lets time pass until the promise is settled. */
  async until<T>(promise: Promise<T>): Promise<T> {
    const state = { settled: false };
    const watched = promise.finally(() => {
      state.settled = true;
    });
    watched.catch(() => {});
    for (let step = 0; !state.settled; step++) {
      if (step > 50_000) throw new Error("nothing happens any more");
      await this.advance(1);
    }
    return watched;
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at > end) continue;
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer;
    }
    return next;
  }

  #go(to: number): void {
    const passed = Math.max(0, to - this.#monotonic);
    this.#monotonic += passed;
    this.#wall += passed;
  }
}

/** A promise that is kept when `open` is called. */
export function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

/** Until no promise has anything more to say; deep chains take several turns. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
