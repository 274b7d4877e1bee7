import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/fhir/json.js";
import { type FhirVersion, fhirVersions } from "../../../src/fhir/schema/fhir-schema.js";
import { fhirSchema } from "../../../src/fhir/schema/load-fhir-schema.js";
import { checkStructure, type StructureFinding } from "../../../src/fhir/structure/check-structure.js";

const findings = (resource: JsonObject, version: FhirVersion = "R4"): readonly StructureFinding[] =>
  checkStructure(resource, fhirSchema(version));
const lines = (resource: JsonObject, version?: FhirVersion): readonly string[] =>
  findings(resource, version).map(({ path, detail }) => (detail === undefined ? path : `${path}: ${detail}`));
const observation = (members: JsonObject): JsonObject => ({ resourceType: "Observation", ...members });
const inBundle = (...resources: JsonValue[]): JsonObject => ({
  resourceType: "Bundle",
  entry: resources.map((resource) => ({ resource })),
});

describe("the structure of a resource", () => {
  it.each(fhirVersions)(
    "is as %s has it: choices, primitives with extensions, lists, contained resources",
    (version) => {
      const resource = observation({
        id: "1",
        meta: { profile: ["http://example.org"] },
        language: "en",
        _language: { extension: [{ url: "http://example.org", valueCode: "en" }] },
        text: { status: "generated", div: "<div/>" },
        contained: [{ resourceType: "Patient", id: "p", name: [{ given: ["A", null], _given: [null, { id: "x" }] }] }],
        extension: [{ url: "http://example.org", extension: [{ url: "inside", valueQuantity: { value: 1 } }] }],
        modifierExtension: [{ url: "http://example.org", valueBoolean: true }],
        status: "final",
        code: { coding: [{ system: "http://loinc.org", code: "1" }] },
        effectiveDateTime: "2026-01-01",
        valueQuantity: { value: 1, unit: "mg" },
        component: [{ code: { text: "a" }, valueString: "b", _valueString: { id: "x" } }],
      });
      expect(lines(inBundle(resource), version)).toEqual([]);
    },
  );

  it("has a member that no version knows: it is named with the nearest one", () => {
    expect(findings(observation({ valueQuantitty: { value: 1 } }))).toEqual([
      { path: "Observation.valueQuantitty", kind: "unknown", detail: "nearest: valueQuantity" },
    ]);
  });

  it("has a member of another version of FHIR", () => {
    const encounter: JsonObject = { resourceType: "Encounter", actualPeriod: { start: "2026" } };
    expect(lines(encounter, "R5")).toEqual([]);
    expect(lines(encounter, "R4")).toEqual(["Encounter.actualPeriod"]);
  });

  it("has a choice in a type that is not allowed there", () => {
    expect(lines(observation({ valueDosage: {}, valueAddress: { text: "a" } }))).toEqual(["Observation.valueAddress"]);
  });

  it("has two forms of one choice: the one that is not read is named", () => {
    expect(lines(observation({ valueString: "a", valueInteger: 1 }))).toEqual([
      "Observation.valueString: one value[x] expected, valueInteger beside it found",
    ]);
  });

  it.each<[string, JsonObject, string]>([
    [
      "in an entry of a Bundle",
      inBundle({}, { resourceType: "Patient", nam: [{}, 1] }),
      "Bundle.entry[1].resource.nam",
    ],
    [
      "in a contained resource",
      observation({ contained: [{ resourceType: "Patient", x: 1 }] }),
      "Observation.contained[0].x",
    ],
    ["in a backbone element", observation({ component: [{}, { val: 1 }] }), "Observation.component[1].val"],
    ["in a data type", observation({ code: { coding: [{ cod: "1" }] } }), "Observation.code.coding[0].cod"],
    ["in an extension", observation({ extension: [{ url: "a", val: 1 }] }), "Observation.extension[0].val"],
    ["in what stands beside a primitive", observation({ _status: { ext: 1 } }), "Observation._status.ext"],
    ["in an object in place of a primitive", observation({ status: { val: 1 } }), "Observation.status.val"],
    ["beside an object", observation({ _code: { id: "1" } }), "Observation._code"],
    [
      "called resourceType where no resource is",
      observation({ code: { resourceType: "a" } }),
      "Observation.code.resourceType",
    ],
  ])("is looked at %s", (_, resource, path) => {
    expect(findings(resource).map((finding) => finding.path)).toEqual([path]);
  });

  it.each<[string, JsonObject, string]>([
    ["a text", { code: "1" }, "Observation.code: an object of type CodeableConcept expected, a text found"],
    [
      "a number",
      { component: [1] },
      "Observation.component[0]: an object of type Observation.component expected, a number found",
    ],
    [
      "a boolean beside a primitive",
      { _status: true },
      "Observation._status: an object with id or extensions of a code expected, a boolean found",
    ],
    [
      "a text in place of a resource",
      { contained: ["a"] },
      "Observation.contained[0]: a resource expected, a text found",
    ],
    ["a number in place of a text", { status: 1 }, "Observation.status: a text of type code expected, a number found"],
    [
      "a text in place of a number",
      { valueInteger: "1" },
      "Observation.valueInteger: a number of type integer expected, a text found",
    ],
    [
      "a text in place of a boolean",
      { valueBoolean: "true" },
      "Observation.valueBoolean: a boolean of type boolean expected, a text found",
    ],
    [
      "a list in place of one",
      { code: [{ text: "a" }] },
      "Observation.code: one CodeableConcept expected, a list found",
    ],
    ["one in place of a list", { category: { text: "a" } }, "Observation.category: a list expected, an object found"],
    [
      "a list inside a list",
      { category: [[{ text: "a" }]] },
      "Observation.category[0]: an object of type CodeableConcept expected, a list inside a list found",
    ],
    [
      "an object that is no resource",
      { contained: [{ id: "a" }] },
      "Observation.contained[0]: a resource with resourceType expected, an object without found",
    ],
    [
      "a resource that there is not",
      { contained: [{ resourceType: "Patiant" }] },
      'Observation.contained[0]: a resource of FHIR R4 expected, one of type "Patiant" found (nearest: Patient)',
    ],
  ])("has %s where something else belongs", (_, members, line) => {
    expect(lines(observation(members))).toEqual([line]);
  });

  it("says nothing of what is as good as absent", () => {
    const nothing: JsonObject = { nothing: null, none: {}, no: [], code: [], category: {}, status: "", subject: null };
    expect(lines(observation(nothing))).toEqual([]);
  });

  it("knows that R5 writes long integers as texts", () => {
    const attachment: JsonObject = { url: "a", valueInteger64: "9007199254740993" };
    expect(lines({ resourceType: "Basic", extension: [attachment] }, "R5")).toEqual([]);
  });

  it("tells of two hundred findings at most", () => {
    const wrong = Array.from({ length: 1000 }, () => ({ x: 1, y: 1 }));
    expect(findings(observation({ component: wrong }))).toHaveLength(200);
  });

  it("tells only the beginning of long names", () => {
    const [finding] = findings(observation({ ["x".repeat(1000)]: 1 }));
    expect(finding?.path).toBe(`Observation.${"x".repeat(80)}`);
  });
});
