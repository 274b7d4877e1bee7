import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  exampleComposition,
  parseExactJson,
  type RmObject,
  readCompositionIn,
  validateDocument,
  writeCompositionIn,
} from "../../../src/openehr/index.js";
import { doubleText } from "../../../src/openehr/json/double-text.js";
import { objectsOf } from "../example/all-templates.js";
import { smallFlatTemplate } from "./flat/small-flat-template.js";

const isLong = process.env.CAUSEWAY_TEST_LENGTH === "long";
const timeout = isLong ? 600_000 : 60_000;
const template = smallFlatTemplate();
const settings = { now: () => "2026-11-21T10:30:00" };
const MARK = "1234567.875";

/** A composition with one weight, as canonical JSON that has a mark in place of its magnitude. */
const marked = (() => {
  const example = exampleComposition(template, { ...settings, extent: "maximal" });
  const quantities: RmObject[] = [...objectsOf(example)].filter(({ _type }) => _type === "DV_QUANTITY");
  for (const quantity of quantities) quantity.magnitude = Number(MARK);
  return writeCompositionIn("canonical", example, template);
})();
const canonicalWith = (digits: string): string => marked.replaceAll(MARK, digits);

/** A decimal as anybody may write it: many digits, zeros at its ends, an exponent. */
const decimal = fc
  .tuple(
    fc.constantFrom("", "-"),
    fc.oneof(fc.constant("0"), fc.stringMatching(/^[1-9][0-9]{0,24}$/)),
    fc.stringMatching(/^[0-9]{1,24}$/),
    fc.constantFrom("", "", "", "e0", "E-4", "e+12"),
  )
  .map(([sign, whole, fraction, exponent]) => `${sign}${whole}.${fraction}${exponent}`);

function convert(from: "canonical" | "xml", to: "canonical" | "xml" | "flat" | "structured", text: string): string {
  const source: unknown = from === "xml" ? text : parseExactJson(text);
  return writeCompositionIn(to, readCompositionIn(from, source, template, settings), template);
}

describe("a decimal with all its digits", () => {
  it(
    "comes out of canonical JSON and canonical XML as it went in, whichever way it goes",
    () => {
      fc.assert(
        fc.property(decimal, (digits) => {
          const source = canonicalWith(digits);
          const xml = convert("canonical", "xml", source);
          expect(convert("canonical", "canonical", source)).toBe(source);
          expect(xml).toContain(`<magnitude>${digits}</magnitude>`);
          expect(convert("xml", "xml", xml)).toBe(xml);
          expect(convert("xml", "canonical", xml)).toBe(source);
        }),
        { numRuns: isLong ? 5000 : 100 },
      );
    },
    timeout,
  );

  it(
    "is the shortest double with a point in FLAT and STRUCTURED",
    () => {
      fc.assert(
        fc.property(decimal, (digits) => {
          const source = canonicalWith(digits);
          const double = doubleText(Number(digits));
          expect(convert("canonical", "flat", source)).toContain(`|magnitude":${double},`);
          expect(convert("canonical", "structured", source)).toContain(`"|magnitude":${double},`);
        }),
        { numRuns: isLong ? 5000 : 100 },
      );
    },
    timeout,
  );

  it.each(["65.0", "100.10", "1.0e2", "12345678901234567890.123", "9007199254740993"])("is valid: %s", (digits) => {
    expect(validateDocument("canonical", parseExactJson(canonicalWith(digits)), template, settings)).toEqual([]);
  });
});
