/**
 * A moment on two clocks, in milliseconds. The monotonic clock never goes back, but on some systems it stands still while
 * the machine sleeps; the wall clock goes on then, but may be set back.
 */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

/** Where the cluster takes its times from; tests put their own in its place. */
export interface Clock {
  now(): Moment;
  /** Calls `work` once after so many milliseconds. Gives a function that calls it off. */
  after(milliseconds: number, work: () => void): () => void;
}

/**
 * How much time has passed at most: what either clock says. That a wall clock is set forward costs a look into the log;
 * that a laptop wakes from a sleep which its monotonic clock has not noticed never goes unnoticed.
 */
export function elapsed(from: Moment, to: Moment): number {
  return Math.max(to.monotonic - from.monotonic, to.wall - from.wall);
}

/**
 * The clocks of the system. Its timers do not keep a process alive, and let what has arrived meanwhile go first: after a
 * long computation an answer that came in time is not taken for one that is missing.
 */
export const systemClock: Clock = {
  now: () => ({ monotonic: performance.now(), wall: Date.now() }),
  after: (milliseconds, work) => {
    let afterArrivals: NodeJS.Immediate | undefined;
    const timer = setTimeout(() => {
      afterArrivals = setImmediate(work);
    }, milliseconds);
    timer.unref();
    return () => {
      clearTimeout(timer);
      clearImmediate(afterArrivals);
    };
  },
};

const SLICES = 8;

/**
 * Counts down time in which this process runs. A process that was stopped, or was busy for long, finds a single timer over
 * on waking before it has had a chance to look at anything; this one is made of slices, and a stop costs no more than one.
 */
export class Patience {
  /** Resolves when the time is over. */
  readonly over: Promise<"too late">;
  #isOver = false;
  #callOff: () => void = () => {};

  constructor(clock: Clock, milliseconds: number) {
    const slice = Math.max(0, milliseconds) / SLICES;
    this.over = new Promise((resolve) => {
      const wait = (left: number): void => {
        this.#callOff = clock.after(slice, () => {
          if (left > 1) return wait(left - 1);
          this.#isOver = true;
          resolve("too late");
        });
      };
      wait(SLICES);
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Stops counting. */
  end(): void {
    this.#callOff();
  }
}

/** What `promise` gives, or "too late" when that takes longer. What comes after that, also a failure, is ignored. */
export async function within<T>(clock: Clock, milliseconds: number, promise: Promise<T>): Promise<T | "too late"> {
  const patience = new Patience(clock, milliseconds);
  try {
    return await Promise.race([promise, patience.over]);
  } finally {
    patience.end();
  }
}

/** Resolves after so many milliseconds. */
export function pause(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(milliseconds, resolve);
  });
}
