import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { doubleText } from "../../../src/openehr/json/double-text.js";
import { NumberText } from "../../../src/openehr/json/number-text.js";
import { prettyJson } from "../../../src/openehr/json/pretty-json.js";

describe("the text of a double", () => {
  it.each([
    [65, "65.0"],
    [0, "0.0"],
    [-0, "-0.0"],
    [0.001, "0.001"],
    [0.0001, "1.0E-4"],
    [9_999_999, "9999999.0"],
    [10_000_000, "1.0E7"],
    [12_345_678.9, "1.23456789E7"],
    [123_456_789_012_345_680, "1.2345678901234568E17"],
    [-2.5e-7, "-2.5E-7"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "Infinity"],
  ])("of %d is %s", (value, text) => {
    expect(doubleText(value)).toBe(text);
  });

  it("always gives the double back", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        expect(Number(doubleText(value))).toBe(value);
      }),
    );
  });
});

describe("pretty JSON", () => {
  it("has the layout of the reference", () => {
    const document = { a: 1, b: [1, 2], c: [{ d: null }, { e: [] }], f: {}, g: undefined, h: new NumberText("65.0") };
    expect(prettyJson(document)).toBe(
      '{\n  "a" : 1,\n  "b" : [ 1, 2 ],\n  "c" : [ {\n    "d" : null\n  }, {\n    "e" : [ ]\n  } ],\n  "f" : { },\n  "h" : 65.0\n}',
    );
  });

  it("escapes control characters in upper case, and nothing that looks like it", () => {
    expect(prettyJson("\u001f\n\\u001f\u2028é")).toBe('"\\u001F\\n\\\\u001f\u2028é"');
  });

  it("says what JSON says", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(prettyJson(value as never))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
