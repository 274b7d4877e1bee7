import { describe, expect, it } from "vitest";
import { referenceIndex } from "../../../src/fhir/bundle/index-references.js";
import type { JsonObject } from "../../../src/fhir/json.js";
import { compileFhirPath } from "../../../src/fhir/path/compile-fhir-path.js";
import { fhirNodeOf, joinedNodeText, nodeText, primitiveText } from "../../../src/fhir/path/node-text.js";
import type { FhirVersion } from "../../../src/fhir/schema/fhir-schema.js";
import { fhirSchema } from "../../../src/fhir/schema/load-fhir-schema.js";

const observation: JsonObject = {
  resourceType: "Observation",
  status: "final",
  code: {
    coding: [
      { system: "http://loinc.org", code: "1-2" },
      { system: "http://snomed.info/sct", code: "3" },
    ],
  },
  identifier: [
    { system: "s1", value: "a" },
    { system: "s2", value: "b" },
  ],
  subject: { reference: "#p" },
  performer: [{ reference: "#o" }, { identifier: { value: "doc" } }, { reference: "#p" }],
  effectiveDateTime: "2020-01-01",
  valueQuantity: { value: 5.5, unit: "kg" },
  component: [
    { code: { text: "first" }, valueString: "one" },
    { code: { text: "second" }, valueCodeableConcept: { text: "two" } },
  ],
  extension: [
    { url: "http://a", valueCode: "x" },
    { url: "http://b", extension: [{ url: "c", valueBoolean: false }] },
    { url: "http://d", _valueString: { id: "only" } },
  ],
  _issued: { extension: [{ url: "http://reason", valueCode: "unknown" }] },
  contained: [
    {
      resourceType: "Patient",
      id: "p",
      name: [{ given: ["Ada", null, "M."], _given: [null, { id: "absent" }, { id: "third" }] }],
      deceasedBoolean: false,
    },
    { resourceType: "Organization", id: "o", name: "Lab" },
  ],
};

function found(path: string, input = observation, version: FhirVersion = "R4") {
  return compileFhirPath(path, fhirSchema(version)).evaluate(fhirNodeOf(input), referenceIndex(input));
}

const values = (path: string, input = observation, version: FhirVersion = "R4") =>
  found(path, input, version).map((node) => node.value);

describe("evaluating a FHIR path", () => {
  it.each<[string, unknown[]]>([
    ["code.coding.code", ["1-2", "3"]],
    ["code.coding[1].code", ["3"]],
    ["code.coding.first().code", ["1-2"]],
    ["code.coding[7]", []],
    ["component.code.text", ["first", "second"]],
    ["value.value", [5.5]],
    ["value.as(Quantity).unit", ["kg"]],
    ["value.ofType(CodeableConcept)", []],
    ["effective.as(DateTime)", ["2020-01-01"]],
    ["effective.as(DateTimeType)", ["2020-01-01"]],
    ["effective.as(String)", []],
    ["status.as(Enumeration)", ["final"]],
    ["component.value.as(String)", ["one"]],
    ["identifier.where(system = 's2').value", ["b"]],
    ["extension('http://a').value", ["x"]],
    ["extension.where(url = 'http://b').extension.value", [false]],
    ["Observation.status", ["final"]],
    ["Patient.status", []],
    ["subject.resolve().name.given", ["Ada", undefined, "M."]],
    ["subject.as(Reference).resolve().deceased.as(Boolean)", [false]],
    ["subject.ofType(Patient).id", ["p"]],
    ["performer.ofType(Organization).name", ["Lab"]],
    ["performer.ofType(Reference).identifier.value", ["doc"]],
    ["performer.resolve().id", ["o", "p"]],
    ["contained.id", ["p", "o"]],
    ["contained.ofType(Organization).name", ["Lab"]],
    ["contained.name.given", ["Ada", undefined, "M."]],
    ["issued", [undefined]],
    ["issued.extension.value", ["unknown"]],
    ["nosuch", []],
    ["code.nosuch.code", []],
    ["valueQuantity", []],
    ["status.nosuch", []],
  ])("%s", (path, expected) => {
    expect(values(path)).toEqual(expected);
  });

  it("gives the empty path the focus", () => {
    expect(found("")).toEqual([fhirNodeOf(observation)]);
  });

  it.each([
    ["value", "Quantity"],
    ["component", "Observation.component Observation.component"],
    ["component.value", "string CodeableConcept"],
    ["contained", "Patient Organization"],
    ["code.coding.system", "uri uri"],
    ["id | status", "code"],
    ["issued", "instant"],
    ["extension.value", "code string"],
  ])("knows the types of %s", (path, types) => {
    expect(
      found(path)
        .map((node) => node.type)
        .join(" "),
    ).toBe(types);
  });

  it("reads id and extensions of a primitive beside it, also in lists", () => {
    expect(values("contained.name.given.id")).toEqual(["absent", "third"]);
    expect(values("extension('http://d').value.id")).toEqual(["only"]);
  });

  it("lets a capital in front select resources only, not data types (engine-behaviour 4.6)", () => {
    const [code] = found("code");
    expect(code).toBeDefined();
    const path = compileFhirPath("CodeableConcept", fhirSchema("R4"));
    expect(path.evaluate(code ?? fhirNodeOf(observation), referenceIndex(observation))).toEqual([]);
  });

  it("compares criteria as FHIRPath does: one value, equal to the literal", () => {
    expect(values("where(code.coding.code = '3').status")).toEqual([]);
    expect(values("code.coding.where(code = '3').system")).toEqual(["http://snomed.info/sct"]);
    expect(values("where(value.value = 5).status")).toEqual([]);
    expect(values("contained.where(deceased = false).id")).toEqual(["p"]);
  });

  it("follows each version's elements", () => {
    const stu3 = {
      resourceType: "Observation",
      related: [{ type: "has-member" }],
      context: { reference: "Encounter/1" },
    };
    expect(values("related.type", stu3, "STU3")).toEqual(["has-member"]);
    expect(values("related.type", stu3, "R4")).toEqual([]);
  });

  it("finds nothing in data of the wrong shape instead of failing", () => {
    const input = {
      resourceType: "Observation",
      code: "text",
      component: { code: [{ text: "single as list" }] },
      valueQuantity: null,
      identifier: [null, 5, { value: "kept" }],
      contained: [null, "x", {}],
    };
    expect(values("code.coding.code", input)).toEqual([]);
    expect(values("component.code.text", input)).toEqual(["single as list"]);
    expect(values("value", input)).toEqual([]);
    expect(values("identifier.value", input)).toEqual(["kept"]);
    expect(found("contained", input).map((node) => node.type)).toEqual(["Resource"]);
  });

  it("reads the extensions a sender put where the value of a primitive belongs", () => {
    const input = {
      resourceType: "Patient",
      name: [{ family: { extension: [{ url: "own-name", valueString: "Ada" }] }, given: ["A", { id: "x" }] }],
    };
    expect(values("name.family", input)).toEqual([undefined]);
    expect(values("name.family.extension('own-name').value", input)).toEqual(["Ada"]);
    expect(values("name.given.id", input)).toEqual(["x"]);
  });

  it("takes the last of several values for one choice element", () => {
    const input = { resourceType: "Condition", onsetString: "a", onsetDateTime: "2020", _onsetDateTime: { id: "x" } };
    expect(values("onset", input)).toEqual(["2020"]);
    expect(values("onset.id", input)).toEqual(["x"]);
    const extension = { resourceType: "Basic", extension: [{ url: "u", valueCode: "a", valueString: "b" }] };
    expect(values("extension.value", extension)).toEqual(["b"]);
  });

  it("treats JavaScript's own names in data as data", () => {
    const input = JSON.parse('{"resourceType":"constructor","__proto__":{"status":"final"},"code":{"constructor":1}}');
    expect(values("status", input)).toEqual([]);
    expect(values("code.constructor", { ...input, resourceType: "Observation" })).toEqual([]);
  });

  it("refuses a focus without resourceType", () => {
    expect(() => fhirNodeOf({ id: "1" })).toThrow(expect.objectContaining({ code: "FHIR_NOT_A_RESOURCE" }));
    expect(() => fhirNodeOf({ resourceType: 5 })).toThrow(expect.objectContaining({ code: "FHIR_NOT_A_RESOURCE" }));
  });
});

describe("text of a node", () => {
  it("is that of the primitive", () => {
    expect(found("component.value").map(primitiveText)).toEqual(["one", undefined]);
    expect(found("value.value").map(primitiveText)).toEqual(["5.5"]);
    expect(found("contained.deceased").map(primitiveText)).toEqual(["false"]);
  });

  it("joins a collection with commas, as toString() does", () => {
    expect(joinedNodeText(found("code.coding.code"))).toBe("1-2,3");
    expect(joinedNodeText([])).toBe("");
    expect(found("value").map(nodeText)).toEqual(["5.5 kg"]);
  });
});
