import { ReadingWorkers } from "./reading-workers.js";
import { WorkerLane } from "./worker-lane.js";
import { NoWorker, type WorkerSeat } from "./worker-seat.js";

/** One for the process: a second pool would only compete for the same processors. */
const workers = new ReadingWorkers();
/** Mapping files are many and small: they share one thread at a time, and none is refused because others wait. */
const mappings = new WorkerLane(workers);
let isAvailable = true;

/** Whether threads can be started here, as far as is known. */
export function haveWorkers(): boolean {
  return isAvailable;
}

/**
 * Has work on a template done by a thread, or `here` where none can be started. Rejects with a Problem `STORE_READERS_BUSY`
 * when too many templates wait already.
 */
export function templateAside<Result>(
  here: () => Result | Promise<Result>,
  there: (seat: WorkerSeat) => Promise<Result>,
): Promise<Result> {
  return orHere(here, () => workers.use(there));
}

/** Has work on a mapping file done by a thread when its turn comes, or `here` where none can be started. */
export function mappingAside<Result>(
  here: () => Result | Promise<Result>,
  there: (seat: WorkerSeat) => Promise<Result>,
): Promise<Result> {
  return orHere(here, () => mappings.add(there));
}

async function orHere<Result>(here: () => Result | Promise<Result>, aside: () => Promise<Result>): Promise<Result> {
  if (!isAvailable) return here();
  try {
    return await aside();
  } catch (error) {
    if (!(error instanceof NoWorker)) throw error;
    // Where no thread can be started, answers that come late are better than none.
    isAvailable = false;
    return here();
  }
}
