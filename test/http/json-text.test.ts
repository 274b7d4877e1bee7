import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Problem } from "../../src/errors/problem.js";
import { readJson } from "../../src/http/json-text.js";

function refusal(text: string): Problem {
  try {
    readJson(text);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("the text was not refused");
}

describe("reading JSON that a caller sent", () => {
  it("gives every JSON value as JSON.parse does", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        fc.pre(!text.includes("__proto__"));
        expect(readJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it("refuses exactly the texts that JSON.parse refuses, with a place inside the text or at its end", () => {
    const broken = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom("", '"', "{", "}", "[", "]", ",", ":", "\\", "1", "-", "e", "\n", "tru"),
      )
      .map(([text, at, put]) => text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + 1));
    fc.assert(
      fc.property(broken, (text) => {
        fc.pre(!text.includes("__proto__") && text.trim() !== "");
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        if (valid) {
          expect(() => readJson(text)).not.toThrow();
          return;
        }
        const { line, column } = refusal(text).place.position ?? { line: 0, column: 0 };
        const lineText = text.split("\n")[line - 1];
        expect(lineText).toBeDefined();
        expect(column).toBeGreaterThanOrEqual(1);
        expect(column).toBeLessThanOrEqual((lineText ?? "").length + 1);
      }),
    );
  });

  it.each([
    ['{"a":1,}', "a member name in double quotes", 8],
    ['{"a" 1}', 'a ":"', 6],
    ['["a" "b"]', 'a "," or "]"', 6],
    ['{"a":1 "b":2}', 'a "," or "}"', 8],
    ["[1,]", "a complete value", 4],
    ['{"a":01}', 'a "," or "}"', 7],
    ["true false", "the end of the text", 6],
    ['{"a":"b', "a complete value", 6],
    ["'a'", "a complete value", 1],
  ])("says what was expected and where: %s", (text, expected, column) => {
    const problem = refusal(text);
    expect(problem.message).toContain(expected);
    expect(problem.place.position).toEqual({ line: 1, column });
  });

  it("never quotes the text around the fault", () => {
    expect(refusal('{"name":"Sensitive", "value": secret}').toLine()).not.toMatch(/Sensitive|secret/);
  });

  it("reads a text with a byte order mark", () => {
    expect(readJson("\ufeff[1]")).toEqual([1]);
  });

  it("names the file in the place when there is one", () => {
    expect(() => readJson("{", "input.json")).toThrow(
      expect.objectContaining({ place: { position: { file: "input.json", line: 1, column: 2 } } }),
    );
  });

  it("takes brackets in strings for what they are", () => {
    const text = JSON.stringify(["[".repeat(1000), '\\"{'.repeat(1000)]);
    expect(readJson(text)).toEqual(JSON.parse(text));
  });

  it("takes a member called constructor that is only a value", () => {
    expect(readJson('{"constructor":"Acme"}')).toEqual(JSON.parse('{"constructor":"Acme"}'));
  });
});
