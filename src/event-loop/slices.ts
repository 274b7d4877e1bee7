import { setImmediate as nextTurn } from "node:timers/promises";

/** A computation that stops between its pieces, each of which takes well below {@link SLICE_MILLISECONDS}. */
export type Piecewise<Result> = Generator<undefined, Result, undefined>;

/** What a computation may take of one turn of the event loop, its last piece not counted. */
const SLICE_MILLISECONDS = 8;

/** The turn that was promised last. */
let turns: Promise<unknown> = Promise.resolve();

/** Does all pieces here and now. Throws what they throw. */
export function atOnce<Result>(work: Piecewise<Result>): Result {
  for (;;) {
    const piece = work.next();
    if (piece.done === true) return piece.value;
  }
}

/**
 * Does the pieces in slices, and lets the event loop go on in between. However many computations are under way, each turn
 * of the loop has one slice of one of them. Rejects with what a piece throws.
 */
export async function inSlices<Result>(work: Piecewise<Result>): Promise<Result> {
  for (;;) {
    await turn();
    const end = performance.now() + SLICE_MILLISECONDS;
    do {
      const piece = work.next();
      if (piece.done === true) return piece.value;
    } while (performance.now() < end);
  }
}

/** A computation that is one piece, which waits for its turn. */
export function inOneSlice<Result>(work: () => Result): Promise<Result> {
  return inSlices(onePiece(work));
}

// biome-ignore lint/correctness/useYield: one piece has no pieces between which to stop
function* onePiece<Result>(work: () => Result): Piecewise<Result> {
  return work();
}

function turn(): Promise<unknown> {
  turns = turns.then(() => nextTurn());
  return turns;
}
