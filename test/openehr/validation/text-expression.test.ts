import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textExpression } from "../../../src/openehr/validation/text-expression.js";

const CHARACTERS = fc.constantFrom(
  "a",
  "b",
  "\\d",
  ".",
  "[ab]",
  "[^a]",
  "\\.",
  "\\w",
  "[a\\-]",
  "\\p{L}",
  "^",
  "$",
  "😀",
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    CHARACTERS,
    fc.array(tie("expression"), { maxLength: 3 }).map((parts) => parts.join("")),
    fc.tuple(tie("expression"), tie("expression")).map(([one, other]) => `(?:${one}|${other})`),
    fc
      .tuple(tie("expression"), fc.constantFrom("*", "+", "?", "{2}", "{1,}", "{0,2}", "*?"))
      .map(([part, quantifier]) => `(${part})${quantifier}`),
  ),
}));
const text = fc.string({ unit: fc.constantFrom("a", "b", "1", ".", "-", "😀"), maxLength: 6 });

describe("expressions of templates", () => {
  it("match what the expressions of the language match", () => {
    fc.assert(
      fc.property(expression, text, (source, tried) => {
        expect(textExpression(source)?.(tried)).toBe(new RegExp(`^(?:${source})$`, "u").test(tried));
      }),
      { numRuns: 1000 },
    );
  });

  it.each(["(a+)+", "(a|aa)*", "((a*)b?)*", "a{1,}(b+){5,}", "(a?){900}a{900}", "(-[a-z]+)*\\.v1"])(
    "come to an end where they repeat what repeats: %s",
    (source) => {
      expect(textExpression(source)?.(`${"a".repeat(5000)}!`)).toBe(false);
    },
  );

  it("are not tried on texts that take too long", () => {
    expect(textExpression("(a{100}|b{100})*")?.("a".repeat(1_000_000))).toBeUndefined();
    expect(textExpression("(((a{1000}){1000}){1000}){1000}")).toBeUndefined();
  });

  it.each(["(?!x)[a-z]+", "([ab])\\1"])("may look around and back, as long as they end: %s", (source) => {
    expect([textExpression(source)?.("aa"), textExpression(source)?.("xx!")]).toEqual([true, false]);
  });

  it.each(["(?<=a+)*", "([", "a**", "(?i)a", "a{3,1}", "(a", "a)", "*"])("are none: %s", (source) => {
    expect(textExpression(source)).toBeUndefined();
  });
});
