import { describe, expect, it } from "vitest";
import { checkPath } from "../../../src/fhir/path/check-fhir-path.js";
import { fhirSchema } from "../../../src/fhir/schema/load-fhir-schema.js";

const r4 = fhirSchema("R4");

describe("checking a FHIR path", () => {
  it.each([
    ["code.coding.code", "Observation"],
    ["value.as(Quantity).value", "Observation"],
    ["value.extension.value.as(Coding).display", "Observation"],
    ["subject.resolve().name.family", "Observation"],
    ["medication.ofType(Medication).code", "MedicationRequest"],
    ["encounter.as(Reference).identifier.value", "Procedure"],
    ["Procedure.performed.as(Period).end", "Procedure"],
    ["coding.where(system = 'x').code", "CodeableConcept"],
    ["contained.name.family", "Observation"],
    ["Bundle.entry.resource.ofType(Patient).name", "Bundle"],
    ["value.extension('http://x').value", "Observation"],
    ["repeat.when.as(Enumeration)", "Timing"],
    ["", "Observation"],
    ["code.exists()", "Observation"],
  ])("finds nothing wrong with %s from %s", (path, start) => {
    expect(checkPath(path, r4, start)).toEqual([]);
  });

  it("names the element, the column, the types it looked at and the nearest name", () => {
    expect(checkPath("code.codng.code", r4, "Observation")).toEqual([
      {
        kind: "unknown-element",
        name: "codng",
        column: 6,
        types: ["CodeableConcept"],
        nearest: "coding",
        message: 'CodeableConcept has no element "codng" (column 6). Did you mean "coding"?',
      },
    ]);
  });

  it.each([
    ["valueQuantity.value", "Observation", "unknown-element", "value.ofType(Quantity)"],
    ["Component.code", "Observation", "wrong-start-type", undefined],
    ["value.as(Quantit)", "Observation", "unknown-type", "Quantity"],
    ["code.as(Quantity)", "Observation", "impossible-type", undefined],
    ["subject.ofType(Medication)", "Observation", "impossible-type", undefined],
    ["code.resolve()", "Observation", "not-a-reference", undefined],
    ["requester.name", "MedicationRequest", "unresolved-reference", "resolve().name"],
    ["identifier.where(sistem = 'x')", "Patient", "unknown-element", "system"],
    ["related", "Observation", "unknown-element", undefined],
    ["contained.nobodyHasThis", "Observation", "unknown-element", undefined],
    ["constructor", "Observation", "unknown-element", undefined],
  ])("reports %s from %s as %s", (path, start, kind, nearest) => {
    const [finding, ...others] = checkPath(path, r4, start);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ kind });
    expect(finding?.nearest).toBe(nearest);
  });

  it("judges by the version's own elements", () => {
    expect(checkPath("related.type", fhirSchema("STU3"), "Observation")).toEqual([]);
    expect(checkPath("triggeredBy.reason", fhirSchema("R5"), "Observation")).toEqual([]);
  });
});
