import { Problem } from "../../errors/problem.js";
import { STORE_READERS_BUSY } from "../problems.js";
import { WorkerSeat } from "./worker-seat.js";

/** Threads at once: enough that one large upload does not hold up another, few enough to leave the mapping its processor. */
const MOST_WORKERS = 2;
/** Texts that wait at once; each of them is held in memory. */
const MOST_WAITING = 32;

/** A small pool of threads that read templates and mapping files; they are started when first needed. */
export class ReadingWorkers {
  readonly #resting: WorkerSeat[] = [];
  readonly #waiting: ((seat: WorkerSeat) => void)[] = [];
  #count = 0;

  /**
   * Lets some work have a thread for itself, until it settles. Throws a Problem `STORE_READERS_BUSY` when too many wait for
   * one already.
   */
  async use<Result>(work: (seat: WorkerSeat) => Promise<Result>): Promise<Result> {
    if (this.#waiting.length >= MOST_WAITING) {
      throw new Problem(STORE_READERS_BUSY, `${MOST_WAITING} large templates wait to be read already.`);
    }
    return this.#with(await this.#take("last"), work);
  }

  /** As {@link ReadingWorkers.use}, before all who wait and never refused: for one caller at a time. */
  async useNext<Result>(work: (seat: WorkerSeat) => Promise<Result>): Promise<Result> {
    return this.#with(await this.#take("first"), work);
  }

  async #with<Result>(seat: WorkerSeat, work: (seat: WorkerSeat) => Promise<Result>): Promise<Result> {
    try {
      return await work(seat);
    } finally {
      this.#giveBack(seat);
    }
  }

  async #take(turn: "first" | "last"): Promise<WorkerSeat> {
    for (let seat = this.#resting.pop(); seat !== undefined; seat = this.#resting.pop()) {
      if (!seat.isGone) return seat;
      this.#count--;
    }
    if (this.#count < MOST_WORKERS) {
      this.#count++;
      return new WorkerSeat();
    }
    return new Promise((resolve) => {
      if (turn === "first") this.#waiting.unshift(resolve);
      else this.#waiting.push(resolve);
    });
  }

  #giveBack(seat: WorkerSeat): void {
    const next = this.#waiting.shift();
    if (next !== undefined) next(seat.isGone ? new WorkerSeat() : seat);
    else if (seat.isGone) this.#count--;
    else {
      this.#resting.push(seat);
      seat.rest();
    }
  }
}
