import { describe, expect, it } from "vitest";
import { convertToFhir, convertToOpenEhr } from "../../../src/engine/datatypes/conversions.js";
import type { JsonValue } from "../../../src/fhir/json.js";
import { fhirNode, runIn } from "../fixtures/fhir-node.js";

const utc = runIn("UTC");

function chosen(type: string, value: JsonValue, allowed: readonly string[]): string | undefined {
  return convertToOpenEhr(fhirNode(type, value), allowed, utc)?.rmType;
}

describe("a place with several RM classes", () => {
  const all = [
    "DV_TEXT",
    "DV_CODED_TEXT",
    "CODE_PHRASE",
    "DV_QUANTITY",
    "DV_COUNT",
    "DV_PROPORTION",
    "DV_ORDINAL",
    "DV_DATE_TIME",
    "DV_DATE",
    "DV_TIME",
    "DV_BOOLEAN",
    "DV_MULTIMEDIA",
    "DV_IDENTIFIER",
  ];

  it.each([
    ["CodeableConcept", { coding: [{ code: "c" }] }, "DV_CODED_TEXT"],
    ["Coding", { code: "c" }, "CODE_PHRASE"],
    ["code", "c", "DV_CODED_TEXT"],
    ["Quantity", { value: 1, code: "kg" }, "DV_QUANTITY"],
    ["integer", 1, "DV_COUNT"],
    ["positiveInt", 1, "DV_COUNT"],
    ["decimal", 1.5, "DV_QUANTITY"],
    ["dateTime", "2024-01-03T10:00:00Z", "DV_DATE_TIME"],
    ["instant", "2024-01-03T10:00:00Z", "DV_DATE_TIME"],
    ["date", "2024-01-03", "DV_DATE"],
    ["time", "10:00:00", "DV_TIME"],
    ["boolean", true, "DV_BOOLEAN"],
    ["Attachment", { data: "aGVsbG8=" }, "DV_MULTIMEDIA"],
    ["Identifier", { value: "7" }, "DV_IDENTIFIER"],
    ["string", "words", "DV_TEXT"],
    ["markdown", "words", "DV_TEXT"],
    ["uri", "urn:x", "DV_TEXT"],
  ] as [string, JsonValue, string][])("takes a %s (%j) as %s", (type, value, expected) => {
    expect(chosen(type, value, all)).toBe(expected);
    expect(chosen(type, value, all.toReversed())).toBe(expected);
  });

  it("takes a concept without code as the text that it is", () => {
    expect(chosen("CodeableConcept", { text: "words" }, ["DV_CODED_TEXT", "DV_TEXT"])).toBe("DV_TEXT");
  });

  it("takes a Quantity with a whole number as a count where there is no quantity", () => {
    expect(chosen("Quantity", { value: 2 }, ["DV_COUNT", "DV_TEXT"])).toBe("DV_COUNT");
    expect(chosen("Quantity", { value: 2.5 }, ["DV_COUNT", "DV_ORDINAL"])).toBeUndefined();
    expect(chosen("Quantity", { value: 2.5 }, ["DV_COUNT", "DV_SCALE"])).toBe("DV_SCALE");
  });

  it("takes nothing that none of them can hold", () => {
    expect(chosen("boolean", true, ["DV_QUANTITY", "DV_DATE"])).toBeUndefined();
    expect(chosen("Period", { start: "2024" }, ["DV_TEXT", "DV_CODED_TEXT"])).toBeUndefined();
  });
});

describe("a place with one RM class", () => {
  it("takes whatever that class can be made of", () => {
    expect(chosen("decimal", 1.5, ["DV_TEXT"])).toBe("DV_TEXT");
  });

  it("takes nothing else", () => {
    expect(chosen("CodeableConcept", { text: "words" }, ["DV_QUANTITY"])).toBeUndefined();
    expect(chosen("string", "words", ["ELEMENT"])).toBeUndefined();
  });
});

describe("an RM value", () => {
  it("goes to FHIR by the rule of its own class", () => {
    expect(convertToFhir({ _type: "DV_COUNT", magnitude: 3 }, utc)?.type).toBe("integer");
    expect(convertToFhir({ _type: "DV_TEXT", value: "3" }, utc)?.type).toBe("string");
  });

  it("does not go to FHIR when its class has no rule", () => {
    expect(convertToFhir({ _type: "CLUSTER" }, utc)).toBeUndefined();
    expect(convertToFhir({ _type: "constructor" }, utc)).toBeUndefined();
  });
});
