import { Problem } from "../../errors/problem.js";
import { STORE_READERS_BUSY } from "../problems.js";
import { WorkerSeat } from "./worker-seat.js";

/** Threads at once: enough that one large upload does not hold up another, few enough to leave the mapping its processor. */
const MOST_WORKERS = 2;
/** Texts that wait at once; each of them is held in memory. */
const MOST_WAITING = 32;

/** A small pool of threads that read templates; they are started when first needed. */
export class TemplateWorkers {
  readonly #resting: WorkerSeat[] = [];
  readonly #waiting: ((seat: WorkerSeat) => void)[] = [];
  #count = 0;

  /**
   * Lets some work have a thread for itself, until it settles. Throws a Problem `STORE_READERS_BUSY` when too many wait for
   * one already.
   */
  async use<Result>(work: (seat: WorkerSeat) => Promise<Result>): Promise<Result> {
    const seat = await this.#take();
    try {
      return await work(seat);
    } finally {
      this.#giveBack(seat);
    }
  }

  async #take(): Promise<WorkerSeat> {
    for (let seat = this.#resting.pop(); seat !== undefined; seat = this.#resting.pop()) {
      if (!seat.isGone) return seat;
      this.#count--;
    }
    if (this.#count < MOST_WORKERS) {
      this.#count++;
      return new WorkerSeat();
    }
    if (this.#waiting.length >= MOST_WAITING) {
      throw new Problem(STORE_READERS_BUSY, `${MOST_WAITING} large templates wait to be read already.`);
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
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
