import type { ReadingWorkers } from "./reading-workers.js";
import type { WorkerSeat } from "./worker-seat.js";

type Job = (seat: WorkerSeat) => Promise<void>;

/** Many small jobs that share one thread, one after the other, and leave the other threads to large ones. */
export class WorkerLane {
  readonly #workers: ReadingWorkers;
  readonly #jobs: Job[] = [];
  #isServed = false;

  constructor(workers: ReadingWorkers) {
    this.#workers = workers;
  }

  /** Settles as the work does. */
  add<Result>(work: (seat: WorkerSeat) => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#jobs.push((seat) => work(seat).then(resolve, reject));
      if (!this.#isServed) void this.#serve();
    });
  }

  async #serve(): Promise<void> {
    this.#isServed = true;
    while (this.#jobs.length > 0) await this.#workers.useNext((seat) => this.#workThrough(seat));
    this.#isServed = false;
  }

  async #workThrough(seat: WorkerSeat): Promise<void> {
    while (!seat.isGone) {
      const job = this.#jobs.shift();
      if (job === undefined) return;
      await job(seat);
    }
  }
}
