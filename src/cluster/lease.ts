import { Problem } from "../errors/problem.js";
import type { WriteGuard } from "../store/database.js";
import { fenceGuard, type LeaseRepository } from "../store/lease-repository.js";
import { STORE_DUTY_LOST } from "../store/problems.js";
import { type Clock, elapsed, pause } from "./clock.js";

/** What work under a lease is given. */
export interface Fence {
  readonly duty: string;
  readonly token: number;
  /** Aborts when the lease is lost or may be: nothing may be begun after that. */
  readonly signal: AbortSignal;
  /**
   * Goes first in every transaction of the work. Throws a Problem STORE_DUTY_LOST when the lease has run out, by this
   * node's clock or by the database's, or belongs to somebody else.
   */
  readonly guard: WriteGuard;
}

export interface LeasesParts {
  readonly repository: Pick<LeaseRepository, "acquire" | "renew" | "release">;
  /** Instance id of this node. */
  readonly holder: string;
  readonly leaseSeconds: number;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Told when work under a lease failed. */
  readonly failed: (duty: string, error: unknown) => void;
}

/** While a duty is held by another, how often this node asks whether it is free. */
const ASK_AGAIN_MILLISECONDS = 200;

/**
 * Duties that one node does at a time (design, Cluster: Duties).
 *
 * A duty is free, or held until a time by the database's clock. The holder prolongs it every third of the lease. It counts
 * its own deadline from *before* it asked, so that its deadline comes before the database's whatever the way takes; at the
 * deadline it stops, by signal. A holder that is stopped by the system cannot stop by itself: its writes check the fencing
 * token in their own transactions, and after the lease none of them goes through.
 */
export class Leases {
  readonly #parts: LeasesParts;
  readonly #closing = new AbortController();
  readonly #kept: Promise<void>[] = [];

  constructor(parts: LeasesParts) {
    this.#parts = parts;
  }

  /**
   * Does the work when nobody holds the duty, and gives it back afterwards; `undefined` when somebody does.
   * Rejects as the work does, with STORE_DUTY_LOST when the work failed after the lease had run out, and with Problems of
   * category `unavailable` when the database does not answer.
   */
  async runDuty<T>(duty: string, work: (fence: Fence) => Promise<T>): Promise<{ readonly result: T } | undefined> {
    const { repository, holder, leaseSeconds, clock } = this.#parts;
    const asked = clock.now();
    const token = await repository.acquire(duty, holder, leaseSeconds);
    if (token === undefined) return undefined;
    const lost = new AbortController();
    const lease = { deadlineFrom: asked, lost, done: false };
    const isOver = (): boolean =>
      lost.signal.aborted || elapsed(lease.deadlineFrom, clock.now()) >= leaseSeconds * 1000;
    const hasRunOut = (cause?: unknown): Problem =>
      new Problem(STORE_DUTY_LOST, `The lease on the duty "${duty}" has run out (token ${token}).`, {}, [], cause);
    const inDatabase = fenceGuard(duty, token);
    const guard: WriteGuard = async (transaction) => {
      if (isOver()) throw hasRunOut();
      await inDatabase(transaction);
    };
    const renewing = this.#keepRenewing(duty, token, lease);
    try {
      return { result: await work({ duty, token, signal: lost.signal, guard }) };
    } catch (error) {
      // The server has ended the transaction with the lease, which the work knows only as a connection that was lost.
      throw isOver() ? hasRunOut(error) : error;
    } finally {
      lease.done = true;
      renewing.stop();
      if (!isOver()) await repository.release(duty, token).catch(() => {});
      lost.abort();
    }
  }

  /**
   * Does the work as soon as the duty is free, and once more from the beginning when the lease was lost meanwhile.
   * Rejects as the work does.
   */
  async runDutyWhenFree<T>(duty: string, work: (fence: Fence) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const done = await this.runDuty(duty, work);
        if (done !== undefined) return done.result;
      } catch (error) {
        if (!(error instanceof Problem) || error.kind !== STORE_DUTY_LOST) throw error;
      }
      await pause(this.#parts.clock, ASK_AGAIN_MILLISECONDS * (0.5 + this.#parts.random()));
    }
  }

  /** From now on: holds the duty whenever it can, and does the work again and again while it does. */
  keepDuty(duty: string, everyMilliseconds: number, work: (fence: Fence) => Promise<void>): void {
    const { clock, random, leaseSeconds, failed } = this.#parts;
    const closing = this.#closing.signal;
    const keep = async (): Promise<void> => {
      while (!closing.aborted) {
        try {
          await this.runDuty(duty, async (fence) => {
            while (!fence.signal.aborted && !closing.aborted) {
              await work(fence);
              await waitFor(clock, everyMilliseconds, [closing, fence.signal]);
            }
          });
        } catch (error) {
          failed(duty, error);
        }
        await waitFor(clock, (leaseSeconds * 1000 * (0.5 + random())) / 2, [closing]);
      }
    };
    this.#kept.push(keep());
  }

  /** Gives back the duties that are kept, and waits for the work under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#kept);
  }

  #keepRenewing(
    duty: string,
    token: number,
    lease: { deadlineFrom: ReturnType<Clock["now"]>; readonly lost: AbortController; done: boolean },
  ): { stop(): void } {
    const { repository, leaseSeconds, clock } = this.#parts;
    const third = (leaseSeconds * 1000) / 3;
    let callOffDeadline: () => void = () => {};
    let callOffRenewal: () => void = () => {};
    const stop = (): void => {
      callOffDeadline();
      callOffRenewal();
    };
    const lose = (): void => {
      stop();
      lease.lost.abort();
    };
    const watch = (): void => {
      callOffDeadline();
      const left = leaseSeconds * 1000 - elapsed(lease.deadlineFrom, clock.now());
      callOffDeadline = clock.after(Math.max(0, left), lose);
    };
    const renew = async (): Promise<void> => {
      const asked = clock.now();
      let renewed: boolean;
      try {
        renewed = await repository.renew(duty, token, leaseSeconds);
      } catch {
        // Not known: asked again soon, and the deadline stands.
        if (!lease.done) callOffRenewal = clock.after(third / 4, () => void renew());
        return;
      }
      if (lease.done || lease.lost.signal.aborted) return;
      if (!renewed) return lose();
      lease.deadlineFrom = asked;
      watch();
      callOffRenewal = clock.after(third, () => void renew());
    };
    watch();
    callOffRenewal = clock.after(third, () => void renew());
    return { stop };
  }
}

/** Waits so long, or until one of the signals aborts. */
function waitFor(clock: Clock, milliseconds: number, signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      callOff();
      for (const signal of signals) signal.removeEventListener("abort", done);
      resolve();
    };
    const callOff = clock.after(milliseconds, done);
    for (const signal of signals) signal.addEventListener("abort", done);
    if (signals.some((signal) => signal.aborted)) done();
  });
}
