import { describe, expect, it } from "vitest";
import { canonicalText } from "../../../src/engine/run/canonical-text.js";
import { noteDigits } from "../../../src/fhir/json.js";
import { NumberText } from "../../../src/openehr/json/number-text.js";

describe("the text of canonical data", () => {
  it("is the same whatever the order of members, and whether they are undefined or missing", () => {
    expect(canonicalText({ b: [1, { d: "x", c: true }], a: undefined })).toBe(
      canonicalText({ b: [1, { c: true, d: "x" }] }),
    );
  });

  it("is the same for a number with zeros behind the point, and for no other", () => {
    const written = { value: 65 };
    noteDigits(written, "value", "65.0");
    expect(canonicalText(written)).toBe(canonicalText({ value: new NumberText("65.00") }));
    expect(canonicalText(written)).toBe(canonicalText({ value: 65 }));
    expect(canonicalText(new NumberText("650"))).not.toBe(canonicalText(65));
    expect(canonicalText(new NumberText("9007199254740993"))).not.toBe(canonicalText(9007199254740992));
  });

  it.each([
    [[], [undefined]],
    ["1", 1],
    ["true", true],
    [["a", "b"], ["a,b"]],
    [["a"], "a"],
    [{ a: "b" }, '{"a":"b"}'],
    [
      ["a", "b"],
      ["b", "a"],
    ],
    [null, "null"],
  ])("tells %j from %j", (one, other) => {
    expect(canonicalText(one)).not.toBe(canonicalText(other));
  });
});
