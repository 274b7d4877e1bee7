import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fhirTypeName } from "../../../src/fhir/path/fhir-type-name.js";
import { parseFhirPath } from "../../../src/fhir/path/parse-fhir-path.js";
import { fhirSchema } from "../../../src/fhir/schema/load-fhir-schema.js";

const r4 = fhirSchema("R4");

describe("reading a FHIR path", () => {
  it("gives every step its column", () => {
    expect(parseFhirPath("Observation.value.as(DateTime)[0].first()", r4)).toEqual({
      kind: "plain",
      text: "Observation.value.as(DateTime)[0].first()",
      steps: [
        { kind: "resource-type", name: "Observation", column: 1 },
        { kind: "child", name: "value", column: 13 },
        { kind: "cast", type: "dateTime", known: true, column: 19 },
        { kind: "index", index: 0, column: 31 },
        { kind: "first", column: 35 },
      ],
    });
  });

  it("reads criteria of the form path = literal", () => {
    expect(parseFhirPath("identifier.where(type.coding.code = 'OBI').value", r4)).toMatchObject({
      kind: "plain",
      steps: [
        { kind: "child", name: "identifier" },
        {
          kind: "where",
          equals: { steps: [{ name: "type" }, { name: "coding" }, { name: "code" }], literal: "OBI" },
        },
        { kind: "child", name: "value" },
      ],
    });
  });

  it("takes the empty path as the focus itself", () => {
    expect(parseFhirPath("  ", r4)).toMatchObject({ kind: "plain", steps: [] });
  });

  it("keeps the steps of a path whose criteria only the FHIRPath engine understands", () => {
    const parsed = parseFhirPath("coding.where(system.toString().contains('a)b') = false).code", r4);
    expect(parsed.kind).toBe("general");
    expect(parsed.steps?.map((step) => step.kind)).toEqual(["child", "where", "child"]);
  });

  it.each(["code.exists()", "a | b", "(code)", "value is Quantity", "a.where(", "where(a = 'x') or where(a = 'y')"])(
    "leaves %s to the FHIRPath engine",
    (text) => {
      expect(parseFhirPath(text, r4)).toEqual({ kind: "general", text });
    },
  );

  it.each([
    ["DateTimeType", "dateTime"],
    ["DateTime", "dateTime"],
    ["Boolean", "boolean"],
    ["Uri", "uri"],
    ["URI", "uri"],
    ["quantity", "Quantity"],
    ["CodeableConcept", "CodeableConcept"],
    ["Enumeration", "code"],
    ["PositiveIntType", "positiveInt"],
    ["Base64BinaryType", "base64Binary"],
  ])("knows that %s means %s", (written, name) => {
    expect(fhirTypeName(written, r4)).toBe(name);
  });

  it("has no name for a type that does not exist", () => {
    expect(fhirTypeName("Foo", r4)).toBeUndefined();
    expect(fhirTypeName("Type", r4)).toBeUndefined();
    expect(fhirTypeName("constructor", r4)).toBeUndefined();
  });

  it("never throws, whatever the text", () => {
    const fragments = fc.constantFrom(
      "a",
      "where(",
      "as(",
      "resolve()",
      ")",
      ".",
      "[0]",
      "'x'",
      "=",
      "`",
      "\\",
      "(",
      "[",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fragments).map((parts) => parts.join("")),
        ),
        (text) => {
          expect(parseFhirPath(text, r4).text).toBe(text);
        },
      ),
    );
  });

  it("reads deeply nested criteria without growing", () => {
    const text = `${"a.where(".repeat(5000)}b='x'${")".repeat(5000)}`;
    expect(parseFhirPath(text, r4).kind).toBe("general");
  });
});
