import { describe, expect, it } from "vitest";
import { readAssertion } from "./assertion.js";

describe("reading an assertion", () => {
  it("gives locator, operator and modifiers", () => {
    expect(readAssertion({ rmPath: "/content/value", equals: 120, at: 1, tolerance: 0.001 })).toEqual({
      kind: "located",
      locator: { kind: "rmPath", text: "/content/value" },
      operator: { kind: "equals", value: 120 },
      at: 1,
      tolerance: 0.001,
      ifPresent: false,
      on: "result",
    });
  });

  it("reads an assertion about the call as a whole", () => {
    expect(readAssertion({ error: { messageContains: "wording of the reference" } })).toEqual({ kind: "error" });
    expect(readAssertion({ aqlCount: 0 })).toEqual({ kind: "aqlCount", value: 0 });
  });

  it("reads the lexical form beside the value", () => {
    expect(readAssertion({ fhirpath: "x", equals: 22, lexical: "22.0" })).toMatchObject({ operator: { value: 22 } });
  });

  it.each([
    ["no operator", { fhirpath: "Bundle.entry.count()" }],
    ["no locator", { equals: 1 }],
    ["nothing at all", {}],
    ["two locators", { fhirpath: "x", flat: "y", equals: 1 }],
    ["two operators", { flat: "y", equals: 1, absent: true }],
    ["an unknown key", { flat: "y", equals: 1, matches: "z" }],
    ["a negated absence", { flat: "y", absent: false }],
    ["a negated success", { noError: false }],
    ["success beside a locator", { noError: true, flat: "y", equals: 1 }],
    ["nothing to contain", { rmPath: "/content", contains: [] }],
    ["an object without attributes", { rmPath: "/content", containsObject: {} }],
    ["an empty beginning", { rmPath: "/content", startsWith: "" }],
    ["absence that may be present", { flat: "y", absent: true, ifPresent: true }],
    ["a match number without equals", { rmPath: "/content", count: 1, at: 0 }],
    ["an RM path of another form", { rmPath: "content", count: 1 }],
    ["an unknown kind of AQL", { aql: "FOLDER", absent: true }],
    ["no object", "fhirpath"],
  ])("refuses one with %s", (_what, raw) => {
    expect(() => readAssertion(raw)).toThrow();
  });
});
