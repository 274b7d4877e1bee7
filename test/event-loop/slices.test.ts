import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { atOnce, inOneSlice, inSlices, type Piecewise } from "../../src/event-loop/slices.js";

/** Pieces of so many milliseconds each; `onPiece` is told when one begins. */
function* pieces(count: number, milliseconds: number, onPiece: () => void = () => {}): Piecewise<string> {
  for (let piece = 0; piece < count; piece++) {
    onPiece();
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
    yield;
  }
  return "done";
}

/** Counts the turns of the event loop until the work has ended. */
async function turnsOf(work: Promise<unknown>): Promise<number> {
  let isOver = false;
  void work.finally(() => {
    isOver = true;
  });
  let turns = 0;
  for (; !isOver; turns++) await nextTurn();
  return turns;
}

describe("a computation in slices", () => {
  it("gives what it gives when it is done at once", async () => {
    expect(atOnce(pieces(3, 0))).toBe("done");
    expect(await inSlices(pieces(3, 0))).toBe("done");
    expect(await inOneSlice(() => "done")).toBe("done");
  });

  it("rejects with what a piece throws, and others go on", async () => {
    const failure = new Error("a piece");
    const failing = inOneSlice(() => {
      throw failure;
    });
    const [failed, done] = await Promise.allSettled([failing, inSlices(pieces(3, 1))]);
    expect(failed).toEqual({ status: "rejected", reason: failure });
    expect(done).toEqual({ status: "fulfilled", value: "done" });
  });

  it("lets the event loop go on before each slice", async () => {
    // Each piece takes more than a slice, so that it has a turn of its own.
    expect(await turnsOf(inSlices(pieces(5, 10)))).toBeGreaterThanOrEqual(5);
  });

  it("has no turn of its own for pieces that take next to nothing", async () => {
    expect(await turnsOf(inSlices(pieces(1000, 0)))).toBeLessThan(500);
  });

  it("shares turns with others: however many there are, each turn has a slice of one", async () => {
    let turn = 0;
    let isOver = false;
    const inTurn: number[] = [];
    const works = ["one", "two", "three"].map(() => inSlices(pieces(4, 10, () => inTurn.push(turn))));
    const counting = (async () => {
      for (; !isOver; turn++) await nextTurn();
    })();
    await Promise.all(works);
    isOver = true;
    await counting;
    expect(inTurn).toHaveLength(12);
    expect(new Set(inTurn).size).toBe(12);
  });
});
