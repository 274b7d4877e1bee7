import { describe, expect, it } from "vitest";
import { populate } from "../../../src/engine/run/populate.js";
import { writeFhirJson } from "../../../src/fhir/bundle/write-fhir-json.js";
import type { JsonObject, JsonPrimitive, JsonValue } from "../../../src/fhir/json.js";
import { FhirInstance } from "../../../src/fhir/path/fhir-instance.js";
import { fhirSchema } from "../../../src/fhir/schema/load-fhir-schema.js";

const schema = fhirSchema("R4");

/** What a value makes of an element of a type; undefined when the pair has no rule. */
function put(type: string, from: string, value: JsonObject | JsonPrimitive): JsonValue | undefined {
  const fhirType = schema.type(type);
  if (fhirType === undefined) throw new Error(`no type ${type}`);
  const target = new FhirInstance(fhirType);
  if (!populate(target, { type: from, value }, schema)) {
    expect(target.primitive).toBeUndefined();
    expect(target.fields.length).toBe(0);
    return undefined;
  }
  return fhirType.kind === "primitive" ? target.primitive : writeFhirJson(target);
}

const concept = { coding: [{ system: "urn:s", code: "c", display: "D" }, { code: "second" }], text: "Words" };
const quantity = { value: 7.9, unit: "mg", system: "http://unitsofmeasure.org", code: "mg" };

describe("a value in an element of its own type", () => {
  it.each([
    ["Quantity", quantity],
    ["CodeableConcept", concept],
    ["Coding", { system: "urn:s", version: "1", code: "c" }],
    ["Identifier", { value: "7", type: { coding: [{ code: "MR" }] } }],
    ["Period", { start: "2024", end: "2025" }],
    ["Attachment", { contentType: "image/png", data: "aGVsbG8=", size: 5 }],
  ] as [string, JsonObject][])("is copied: %s", (type, value) => {
    expect(put(type, type, value)).toEqual(value);
  });

  it("is copied into the types made of Quantity", () => {
    expect(put("Age", "Quantity", quantity)).toEqual(quantity);
  });
});

describe("a value in an element of another type", () => {
  it.each([
    ["Quantity", quantity, "Ratio", { numerator: quantity }],
    ["Quantity", quantity, "integer", 7],
    ["Quantity", quantity, "decimal", 7.9],
    ["integer", 3, "Quantity", { value: 3 }],
    ["integer", 3, "positiveInt", 3],
    ["date", "2024-01-03", "dateTime", "2024-01-03"],
    ["dateTime", "2024-01-03T10:00:00Z", "date", "2024-01-03"],
    ["CodeableConcept", concept, "Coding", { system: "urn:s", code: "c", display: "D" }],
    ["CodeableConcept", concept, "code", "c"],
    ["CodeableConcept", concept, "string", "Words"],
    ["CodeableConcept", concept, "Identifier", { system: "urn:s", value: "c" }],
    ["CodeableConcept", { ...concept, text: "3" }, "Quantity", { value: 3, unit: "D", code: "c" }],
    ["Coding", { system: "urn:s", code: "c" }, "CodeableConcept", { coding: [{ system: "urn:s", code: "c" }] }],
    ["Coding", { code: "c" }, "code", "c"],
    ["Identifier", { value: "7", system: "urn:s" }, "string", "7"],
    ["string", "Words", "CodeableConcept", { text: "Words" }],
    ["string", "Words", "markdown", "Words"],
    ["string", "final", "code", "final"],
    ["string", "3", "integer", 3],
    ["string", "3.5", "decimal", 3.5],
    ["string", " True ", "boolean", true],
    ["string", "false", "boolean", false],
    ["dateTime", "2024-01-03T10:00:00+01:00", "instant", "2024-01-03T10:00:00.000+01:00"],
    ["dateTime", "2024-01-03T10:00:00.5Z", "instant", "2024-01-03T10:00:00.500Z"],
  ] as [string, JsonObject, string, JsonValue][])(
    "becomes what the rule says: %s %j in %s",
    (from, value, type, expected) => {
      expect(put(type, from, value)).toEqual(expected);
    },
  );

  it.each([
    ["Period", { start: "2024" }, "dateTime"],
    ["Quantity", quantity, "string"],
    ["CodeableConcept", concept, "boolean"],
    ["CodeableConcept", concept, "Quantity"],
    ["boolean", true, "string"],
    ["time", "10:00:00", "string"],
    ["Coding", { display: "no code" }, "code"],
  ] as [string, JsonObject, string][])("is left out where no rule leads: %s %j in %s", (from, value, type) => {
    expect(put(type, from, value)).toBeUndefined();
  });

  it.each([
    ["integer", "3.5"],
    ["integer", "many"],
    ["integer", ""],
    ["decimal", "Infinity"],
    ["boolean", "yes"],
    ["boolean", ""],
    ["Period", "2024"],
  ])("is left out where a %s cannot be made of the text %j", (type, text) => {
    expect(put(type, "string", text)).toBeUndefined();
  });

  it("is left out of an instant when it is only a part of a date", () => {
    expect(put("instant", "dateTime", "2024-01")).toBeUndefined();
  });
});

describe("a value in an Extension", () => {
  it.each([
    ["string", "Words", { valueString: "Words" }],
    ["Quantity", quantity, { valueQuantity: quantity }],
    ["boolean", false, { valueBoolean: false }],
    ["Coding", { code: "c" }, { valueCoding: { code: "c" } }],
  ] as [string, JsonObject, JsonObject][])("becomes its value: %s %j", (from, value, expected) => {
    expect(put("Extension", from, value)).toEqual(expected);
  });
});
