import { describe, expect, it } from "vitest";
import { type FhirVersion, fhirVersions } from "../../../src/fhir/schema/fhir-schema.js";
import { fhirSchema } from "../../../src/fhir/schema/load-fhir-schema.js";

function element(version: FhirVersion, type: string, name: string) {
  return fhirSchema(version).type(type)?.elements.get(name);
}

describe("element tables", () => {
  it.each<[FhirVersion, string, string, boolean, boolean, string[]]>([
    ["R4", "Observation", "component", true, false, ["Observation.component"]],
    ["R4", "Observation.component", "referenceRange", true, false, ["Observation.referenceRange"]],
    ["R4", "Patient", "deceased", false, true, ["boolean", "dateTime"]],
    ["R4", "Condition", "recordedDate", false, false, ["dateTime"]],
    ["R4", "Condition", "onset", false, true, ["dateTime", "Age", "Period", "Range", "string"]],
    ["R4", "HumanName", "given", true, false, ["string"]],
    ["R4", "Bundle", "entry", true, false, ["Bundle.entry"]],
    ["R4", "Bundle.entry", "resource", false, false, ["Resource"]],
    ["R4", "Bundle.entry", "link", true, false, ["Bundle.link"]],
    ["R4", "Dosage", "asNeeded", false, true, ["boolean", "CodeableConcept"]],
    ["R4", "Dosage", "doseAndRate", true, false, ["Dosage.doseAndRate"]],
    ["R4", "Dosage.doseAndRate", "dose", false, true, ["Range", "Quantity"]],
    ["R4", "Timing", "repeat", false, false, ["Timing.repeat"]],
    ["R4", "Timing.repeat", "when", true, false, ["code"]],
    ["R4", "Timing.repeat", "bounds", false, true, ["Duration", "Range", "Period"]],
    ["R4", "Medication.ingredient", "item", false, true, ["CodeableConcept", "Reference"]],
    ["R4", "Observation", "contained", true, false, ["Resource"]],
    ["R4", "Observation", "id", false, false, ["id"]],
    ["R4", "Observation", "status", false, false, ["code"]],
    ["R4", "Observation", "issued", false, false, ["instant"]],
    ["R4", "Observation.component", "id", false, false, ["string"]],
    ["R4", "Observation.component", "modifierExtension", true, false, ["Extension"]],
    ["R4", "Extension", "url", false, false, ["uri"]],
    ["R4", "Questionnaire.item", "item", true, false, ["Questionnaire.item"]],
    ["R4", "dateTime", "extension", true, false, ["Extension"]],
    ["R4", "CarePlan", "instantiatesUri", true, false, ["uri"]],
    ["STU3", "Observation", "related", true, false, ["Observation.related"]],
    ["STU3", "Dosage", "dose", false, true, ["Range", "Quantity"]],
    ["STU3", "Condition", "assertedDate", false, false, ["dateTime"]],
    ["R4B", "CarePlan", "instantiatesUri", true, false, ["uri"]],
    ["R4B", "Citation.citedArtifact.contributorship.entry", "listOrder", false, false, ["positiveInt"]],
    ["R4B", "Ingredient.substance.strength", "presentation", false, true, ["Ratio", "RatioRange"]],
    ["R5", "Observation", "triggeredBy", true, false, ["Observation.triggeredBy"]],
    ["R5", "MedicationRequest", "medication", false, false, ["CodeableReference"]],
    ["R5", "Encounter", "class", true, false, ["CodeableConcept"]],
  ])("%s %s.%s is as published", (version, type, name, list, choice, types) => {
    expect(element(version, type, name)).toMatchObject({ name, list, choice, types });
  });

  it("keeps the alternatives of Observation.value in published order", () => {
    expect(element("R4", "Observation", "value")?.types).toEqual(
      "Quantity CodeableConcept string boolean integer Range Ratio SampledData time dateTime Period".split(" "),
    );
  });

  it("lists all fifty types an extension may have in R4", () => {
    const types = element("R4", "Extension", "value")?.types ?? [];
    expect(types).toHaveLength(50);
    expect(types.slice(0, 4)).toEqual(["base64Binary", "boolean", "canonical", "code"]);
  });

  it("has the elements of a resource in definition order, inherited ones first", () => {
    expect([...(fhirSchema("R4").type("Observation")?.elements.keys() ?? [])].slice(0, 14)).toEqual(
      `id meta implicitRules language text contained extension modifierExtension identifier basedOn partOf status category
       code`.split(/\s+/),
    );
  });

  it("knows which elements exist in one version only", () => {
    expect(element("R4", "Observation", "related")).toBeUndefined();
    expect(element("STU3", "Observation", "component")).toBeDefined();
    expect(element("R4", "Observation", "triggeredBy")).toBeUndefined();
    expect(element("STU3", "Condition", "recordedDate")).toBeUndefined();
  });

  it("gives Timing.repeat no modifierExtension, because it is a plain Element", () => {
    expect(fhirSchema("R4").type("Timing.repeat")?.base).toBe("Element");
    expect(element("R4", "Timing.repeat", "modifierExtension")).toBeUndefined();
  });

  it("names the resources a Reference may point at, first one first", () => {
    expect(element("R4", "MedicationAdministration", "request")?.targets).toEqual(["MedicationRequest"]);
    expect(element("R4", "Observation", "subject")?.targets?.[0]).toBe("Patient");
    expect(element("R4", "Observation", "focus")?.targets).toBeUndefined();
  });

  it.each([
    ["Observation", "resource", "DomainResource"],
    ["Observation.component", "backbone", "BackboneElement"],
    ["Quantity", "complex", "Element"],
    ["Age", "complex", "Quantity"],
    ["id", "primitive", "string"],
    ["dateTime", "primitive", "Element"],
  ])("gives %s its kind and parent", (name, kind, base) => {
    expect(fhirSchema("R4").type(name)).toMatchObject({ name, kind, base });
  });

  it.each(fhirVersions)("is closed in %s: every type an element names exists", (version) => {
    const schema = fhirSchema(version);
    const missing = schema.typeNames.flatMap((name) => {
      const type = schema.type(name);
      const elements = [...(type?.elements.values() ?? [])];
      const named = [
        ...(type?.base === undefined ? [] : [type.base]),
        ...elements.flatMap((each) => [...each.types, ...(each.targets ?? [])]),
      ];
      return named.filter((each) => schema.type(each) === undefined).map((each) => `${name}: ${each}`);
    });
    expect(missing).toEqual([]);
  });

  it.each(fhirVersions)("has no element in %s that every JavaScript object has", (version) => {
    const schema = fhirSchema(version);
    const clashes = schema.typeNames.flatMap((name) =>
      [...(schema.type(name)?.elements.keys() ?? [])].filter((element) => element in Object.prototype),
    );
    expect(clashes).toEqual([]);
  });

  it("gives nothing for names of JavaScript's own", () => {
    expect(fhirSchema("R4").type("constructor")).toBeUndefined();
    expect(fhirSchema("R4").type("__proto__")).toBeUndefined();
    expect(fhirSchema("R4").type("")).toBeUndefined();
  });

  it("is loaded once and cannot be changed", () => {
    const type = fhirSchema("R4").type("Patient");
    expect(fhirSchema("R4").type("Patient")).toBe(type);
    const elements = type?.elements as Map<string, unknown>;
    expect(() => elements.set("name", {})).toThrow(TypeError);
    expect(() => elements.delete("name")).toThrow(TypeError);
    expect(() => elements.clear()).toThrow(TypeError);
    expect(Object.isFrozen(elements.get("name"))).toBe(true);
  });
});
