import { describe, expect, it, vi } from "vitest";
import { referenceIndex } from "../../../src/fhir/bundle/index-references.js";
import type { JsonObject } from "../../../src/fhir/json.js";
import { compileFhirPath } from "../../../src/fhir/path/compile-fhir-path.js";
import { fhirNodeOf } from "../../../src/fhir/path/node-text.js";
import { fhirSchema } from "../../../src/fhir/schema/load-fhir-schema.js";

const r4 = fhirSchema("R4");
const patient: JsonObject = { resourceType: "Patient", id: "p", name: [{ given: ["Ada"] }] };
const observation: JsonObject = {
  resourceType: "Observation",
  id: "o1",
  subject: { reference: "#p" },
  code: { coding: [{ code: "a" }, { code: "b" }] },
  valueQuantity: { value: 5.5, unit: "kg" },
  component: [{ valueString: "s" }, { valueInteger: 3 }],
  contained: [patient],
};

const evaluate = (path: string, input = observation) =>
  compileFhirPath(path, r4).evaluate(fhirNodeOf(input), referenceIndex(input));

describe("FHIRPath beyond the plain subset", () => {
  it.each<[string, unknown[]]>([
    ["component.exists()", [true]],
    ["code.coding.count()", [2]],
    ["code.coding.last().code", ["b"]],
    ["value.value + 1", [6.5]],
    ["component.where(value is integer).value", [3]],
    ["subject.resolve().name.given.first() & '!'", ["Ada!"]],
    ["subject.resolve().ofType(Patient).id", ["p"]],
    ["iif(status.empty(), 'none', 'some')", ["none"]],
  ])("%s", (path, expected) => {
    expect(evaluate(path).map((node) => node.value)).toEqual(expected);
  });

  it("gives nodes their type and resource, so that plain paths can go on from them", () => {
    const [component] = evaluate("component.where(value is integer)");
    expect(component).toEqual({
      type: "Observation.component",
      value: { valueInteger: 3 },
      resource: observation,
    });
    const [name] = evaluate("subject.resolve().name.where(given.exists())");
    expect(name?.resource).toBe(patient);
    expect(evaluate("iif(true, id)").map((node) => node.type)).toEqual(["string"]);
  });

  it("starts from an element as well as from a resource", () => {
    const coding = compileFhirPath("code.coding", r4).evaluate(fhirNodeOf(observation), referenceIndex(observation));
    const path = compileFhirPath("code.startsWith('b')", r4);
    const results = coding.map((node) =>
      path.evaluate(node, referenceIndex(observation)).map((result) => result.value),
    );
    expect(results).toEqual([[false], [true]]);
  });

  it("joins several values in toString(), as conditions need it (engine-behaviour 4.5)", () => {
    expect(evaluate("where(code.coding.code.toString().contains('b')).id").map((node) => node.value)).toEqual(["o1"]);
    expect(evaluate("where(status.toString().contains('b')=false).id").map((node) => node.value)).toEqual(["o1"]);
    expect(evaluate("code.coding.code.toString()").map((node) => node.value)).toEqual(["a,b"]);
  });

  it("never fetches what a reference names", () => {
    const fetching = vi.spyOn(globalThis, "fetch");
    const input = { ...observation, subject: { reference: "http://example.org/Patient/1" } };
    expect(evaluate("subject.resolve().name | subject.resolve().id", input)).toEqual([]);
    expect(fetching).not.toHaveBeenCalled();
    fetching.mockRestore();
  });

  it.each([
    ["a..b", 1],
    ["code.where(", 12],
    ["$fhirRoot.value", 1],
    ["code coding", 6],
  ])("refuses %s with the column", (path, column) => {
    expect(() => compileFhirPath(path, r4)).toThrow(
      expect.objectContaining({ code: "FHIR_PATH_SYNTAX", place: { path, position: { line: 1, column } } }),
    );
  });

  it.each([
    ["code.text.matches('(a+)+$')", 11],
    ["code.memberOf('http://x')", 6],
    ["code.nosuch()", 6],
    ["%terminologies.expand('x')", 2],
    ["component.repeat(component)", 11],
  ])("refuses %s, which leaves the data or has no bound", (path, column) => {
    expect(() => compileFhirPath(path, r4)).toThrow(
      expect.objectContaining({
        code: "FHIR_PATH_UNSUPPORTED",
        place: { path, position: { line: 1, column } },
      }),
    );
  });

  it("refuses an expression of unreasonable length", () => {
    expect(() => compileFhirPath(`(${"a + ".repeat(5000)}a)`, r4)).toThrow(
      expect.objectContaining({ code: "FHIR_PATH_UNSUPPORTED" }),
    );
  });

  it("stops an evaluation that grows beyond the bound", () => {
    const wide = { resourceType: "Observation", component: Array.from({ length: 200 }, () => ({ valueString: "x" })) };
    expect(() => evaluate("component.select(%context.component.select(%context.component))", wide)).toThrow(
      expect.objectContaining({ code: "FHIR_PATH_TOO_EXPENSIVE" }),
    );
  });

  it("stops when the evaluations of a run are together beyond the budget that they share", () => {
    const path = compileFhirPath("category.select(text + 'x')", r4);
    const resource = { resourceType: "Observation", category: Array.from({ length: 10 }, () => ({ text: "x" })) };
    const budget = { left: 100 };
    const once = () => path.evaluate(fhirNodeOf(resource), { resolve: () => undefined, budget });
    expect(once()).toHaveLength(10);
    const oneCosts = 100 - budget.left;
    expect(oneCosts).toBeGreaterThan(10);
    const all = () => Array.from({ length: Math.ceil(100 / oneCosts) + 1 }, once);
    expect(all).toThrow(expect.objectContaining({ code: "FHIR_PATH_TOO_EXPENSIVE" }));
  });

  it("says which path failed without repeating values of the data", () => {
    const failing = () => evaluate("code.coding.code.substring(0) + 'x'");
    expect(failing).toThrow(expect.objectContaining({ code: "FHIR_PATH_FAILED" }));
    expect(failing).not.toThrow(/"a"|"b"/);
  });
});
