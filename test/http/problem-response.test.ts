import { describe, expect, it } from "vitest";
import { Problem, problemKind } from "../../src/errors/problem.js";
import { linesOf, operationOutcomeOf } from "../../src/http/problem-response.js";

const KIND = problemKind("TEST_KIND", "invalid", "Do better.");
const TAKEN = problemKind("TEST_TAKEN", "conflict", "Choose another.");

describe("wording a problem", () => {
  it("says place, message, advice and code in one line for each", () => {
    const position = { file: "a.yml", line: 3, column: 5 };
    const problem = new Problem(KIND, "First.", { position }, [new Problem(KIND, "Second.")]);
    expect(linesOf(problem)).toEqual(["a.yml:3:5: First. Do better. [TEST_KIND]", "Second. Do better. [TEST_KIND]"]);
  });

  it("says nothing twice when the list repeats the problem that heads it", () => {
    const problem = new Problem(KIND, "Same.", {}, [new Problem(KIND, "Same."), new Problem(KIND, "Other.")]);
    expect(linesOf(problem)).toHaveLength(2);
    expect(operationOutcomeOf(problem)).toMatchObject({ issue: [{}, {}] });
  });

  it("counts what is too much to word", () => {
    const others = Array.from({ length: 5_000 }, (_, index) => new Problem(KIND, `Number ${index}.`));
    const lines = linesOf(new Problem(KIND, "First.", {}, others));
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toBe("And 4901 more problems.");
  });

  it("puts the sentence about a taken key first and alone", () => {
    expect(linesOf(new Problem(TAKEN, "It is taken."))).toEqual([
      "It is taken.",
      "It is taken. Choose another. [TEST_TAKEN]",
    ]);
  });
});
