import { describe, expect, it } from "vitest";
import { beginsWith, readFhirPathText } from "../../../src/engine/compile/fhir-path-text.js";

describe("a FHIR path of a mapping", () => {
  it.each([
    ["$resource", { base: "model", steps: [] }],
    ["$resource.code.coding", { base: "model", steps: ["code", "coding"] }],
    ["$fhirRoot", { base: "enclosing", steps: [] }],
    ["$fhirRoot.start", { base: "enclosing", steps: ["start"] }],
    ["start", { base: "enclosing", steps: ["start"] }],
    ["", { base: "enclosing", steps: [] }],
    [undefined, { base: "enclosing", steps: [] }],
    ["  $resource.code ", { base: "model", steps: ["code"] }],
  ])("starts where its variable says: %s", (text, expected) => {
    expect(readFhirPathText(text)).toEqual(expected);
  });

  it("does not take a name for a variable that it only begins like", () => {
    expect(readFhirPathText("$resourceful.code").base).toBe("enclosing");
  });

  it("is split at dots outside of parentheses and quotes", () => {
    expect(readFhirPathText("value.ofType(System.String).where(a.b = 'c.d)').x").steps).toEqual([
      "value",
      "ofType(System.String)",
      "where(a.b = 'c.d)')",
      "x",
    ]);
  });

  it("begins with another one step by step, not letter by letter", () => {
    expect(beginsWith(["code", "coding"], ["code"])).toBe(true);
    expect(beginsWith(["codes"], ["code"])).toBe(false);
    expect(beginsWith(["code"], ["code", "coding"])).toBe(false);
    expect(beginsWith(["code"], [])).toBe(true);
  });
});
