import { describe, expect, it } from "vitest";
import { type CreationUse, compileCreation } from "../../../src/fhir/path/create-at-path.js";
import { FhirInstance } from "../../../src/fhir/path/fhir-instance.js";
import type { FhirVersion } from "../../../src/fhir/schema/fhir-schema.js";
import { fhirSchema } from "../../../src/fhir/schema/load-fhir-schema.js";

function instanceOf(type: string, version: FhirVersion = "R4"): FhirInstance {
  const found = fhirSchema(version).type(type);
  if (found === undefined) throw new Error(type);
  return new FhirInstance(found);
}

/** What is known before there is data, and the type of a value that is to be written. */
type Creation = CreationUse & { readonly hint?: string };

const create = (base: FhirInstance, path: string, { hint, ...use }: Creation = {}, version: FhirVersion = "R4") =>
  compileCreation(path, fhirSchema(version))
    .creatorFor(use)
    .create(base, hint === undefined ? undefined : { type: hint });

/** The instance as nested names and types: `{ code: { type: "CodeableConcept", … } }` shortened to its fields. */
function shape(instance: FhirInstance): unknown {
  const fields = instance.fields.map(({ element, content }) => [
    element.name,
    Array.isArray(content) ? content.map(shape) : shape(content),
  ]);
  const target = instance.target === undefined ? [] : [["target", shape(instance.target)]];
  return { "": instance.type.name, ...Object.fromEntries([...fields, ...target]) };
}

describe("creating at a FHIR path (engine-behaviour 6.6)", () => {
  it("overwrites a single-valued element and appends to the list below the new one", () => {
    const condition = instanceOf("Condition");
    create(condition, "code.coding.code");
    const first = condition.field("code");
    create(condition, "code.coding.code");
    expect(condition.field("code")).not.toBe(first);
    expect(shape(condition)).toEqual({
      "": "Condition",
      code: { "": "CodeableConcept", coding: [{ "": "Coding", code: { "": "code" } }] },
    });
  });

  it("appends twice below the same parent", () => {
    const concept = instanceOf("CodeableConcept");
    create(concept, "coding.code");
    create(concept, "coding.code");
    expect(concept.field("coding")).toHaveLength(2);
  });

  it("makes two names of two paths from the resource, and two given names below one name", () => {
    const patient = instanceOf("Patient");
    create(patient, "name.given");
    create(patient, "name.given");
    expect(patient.field("name")).toHaveLength(2);
    const name = instanceOf("HumanName");
    create(name, "given");
    const second = create(name, "given");
    expect(name.field("given")).toHaveLength(2);
    expect(second?.siblings).toBe(name.field("given"));
    expect(second?.siblings?.[1]).toBe(second);
  });

  it("creates a resource behind each Reference when the path resolves it", () => {
    const encounter = instanceOf("Encounter");
    create(encounter, "diagnosis.condition.as(Reference).resolve().code");
    create(encounter, "diagnosis.condition.as(Reference).resolve().code");
    const diagnosis = { condition: { target: { "": "Condition", code: { "": "CodeableConcept" } } } };
    expect(shape(encounter)).toMatchObject({ diagnosis: [diagnosis, diagnosis] });
  });

  it("creates the referenced type that the mapping names, and gives that resource back", () => {
    const report = instanceOf("DiagnosticReport");
    const created = create(report, "result.as(Reference).resolve()", { referencedType: "Observation" });
    expect(created?.type.name).toBe("Observation");
    expect(created?.siblings?.[0]?.target).toBe(created);
  });

  it("takes a cast to a resource type as a Reference to a resource of that type", () => {
    const request = instanceOf("MedicationRequest");
    expect(create(request, "medication.ofType(Medication).code")?.type.name).toBe("CodeableConcept");
    expect(shape(request)).toMatchObject({ medication: { "": "Reference", target: { "": "Medication" } } });
  });

  it("makes a bare Reference for as(Reference), and one carrying the first allowed resource without a cast", () => {
    const administration = instanceOf("MedicationAdministration");
    create(administration, "request.as(Reference).identifier");
    expect(shape(administration.field("request") as FhirInstance)).toEqual({
      "": "Reference",
      identifier: { "": "Identifier" },
    });
    const reference = create(administration, "request") as FhirInstance;
    expect(reference.target?.type.name).toBe("MedicationRequest");
  });

  it("goes on in the resource a Reference carries; what that does not have is the Reference's own", () => {
    const administration = instanceOf("MedicationAdministration");
    const reference = create(administration, "request") as FhirInstance;
    create(reference, "as(Reference).identifier.value");
    create(reference, "display");
    expect(shape(reference)).toEqual({
      "": "Reference",
      display: { "": "string" },
      target: { "": "MedicationRequest", identifier: [{ "": "Identifier", value: { "": "string" } }] },
    });
  });

  it("puts a resource into Bundle.entry.resource without a Reference", () => {
    const bundle = instanceOf("Bundle");
    const entry = create(bundle, "entry") as FhirInstance;
    const created = create(entry, "resource.as(Reference).resolve()", { referencedType: "Observation" });
    expect(created?.type.name).toBe("Observation");
    expect(entry.field("resource")).toBe(created);
    expect(create(entry, "resource")).toBeUndefined();
  });

  it.each<[string, string, Creation, string]>([
    ["Observation", "value", {}, "Quantity"],
    ["Observation", "value", { hint: "CodeableConcept" }, "CodeableConcept"],
    ["Observation", "value", { hint: "string" }, "string"],
    ["Observation", "value", { hint: "Identifier" }, "Quantity"],
    ["Observation", "value.as(DateTime)", { hint: "Quantity" }, "dateTime"],
    ["Extension", "value", { hint: "Coding" }, "Coding"],
    ["ElementDefinition", "defaultValue", { hint: "Coding" }, "Coding"],
    ["Condition", "onset", { hint: "Quantity" }, "Age"],
    ["Observation", "value", { forText: true }, "string"],
    ["Extension", "value", { forText: true }, "string"],
    ["Condition", "onset", { forText: true }, "dateTime"],
    ["MedicationRequest", "medication", { forText: true }, "CodeableConcept"],
    ["Condition", "onset", { hint: "Period" }, "Period"],
    ["Patient", "deceased.as(Boolean)", {}, "boolean"],
    ["Patient", "gender", { hint: "Coding" }, "code"],
    ["Patient", "gender.as(String)", {}, "code"],
    ["Patient", "birthDate.extension.value", { hint: "string" }, "string"],
    ["Timing", "repeat.when.as(Enumeration)", {}, "code"],
    ["Patient", "identifier.where(system.toString().contains('x')).value", {}, "string"],
    ["Observation", "component[0].code.first()", {}, "CodeableConcept"],
    ["Condition", "Condition.code", {}, "CodeableConcept"],
  ])("on %s at %s with %o makes a %s", (type, path, options, expected) => {
    expect(create(instanceOf(type), path, options)?.type.name).toBe(expected);
  });

  it("gives coded data the code type of a choice that has no Coding", () => {
    const parameter = instanceOf("ValueSet.expansion.parameter");
    expect(create(parameter, "value", { hint: "Coding" })?.type.name).toBe("code");
    expect(create(parameter, "value")?.type.name).toBe("string");
  });

  it("leaves the value of a primitive alone on the way to its extensions", () => {
    const period = instanceOf("Period");
    const start = create(period, "start") as FhirInstance;
    start.primitive = "2024-01-01";
    create(period, "start.extension");
    expect(period.field("start")).toBe(start);
    expect(start.field("extension")).toHaveLength(1);
  });

  it("replaces a primitive on the way into another type of the same choice element", () => {
    const procedure = instanceOf("Procedure");
    const moment = create(procedure, "performed.as(DateTime)") as FhirInstance;
    moment.primitive = "2024-01-01";
    create(procedure, "performed.as(Period).end");
    expect(shape(procedure)).toMatchObject({ performed: { "": "Period", end: { "": "dateTime" } } });
  });

  it("replaces a primitive that has no element of the next name", () => {
    const observation = instanceOf("Observation");
    const text = create(observation, "value.as(String)") as FhirInstance;
    text.primitive = "present";
    create(observation, "value.unit");
    expect(shape(observation)).toMatchObject({ value: { "": "Quantity", unit: { "": "string" } } });
  });

  it("only hints the last element of a path", () => {
    const observation = instanceOf("Observation");
    create(observation, "value.code", { hint: "CodeableConcept" });
    expect(shape(observation)).toMatchObject({ value: { "": "Quantity", code: { "": "code" } } });
  });

  it("gives back the base for an empty path and for the name of its own type", () => {
    const condition = instanceOf("Condition");
    expect(create(condition, "")).toBe(condition);
    expect(create(condition, "Condition")).toBe(condition);
    expect(create(condition, "Patient")).toBeUndefined();
  });

  it("skips names the type does not have and creates nothing when none fits", () => {
    const condition = instanceOf("Condition");
    expect(create(condition, "nosuch.other")).toBeUndefined();
    expect(condition.fields.length).toBe(0);
    expect(create(condition, "nosuch.code")?.type.name).toBe("CodeableConcept");
  });

  it("creates nothing for a type the element cannot have", () => {
    const observation = instanceOf("Observation");
    expect(create(observation, "value.as(Address)")).toBeUndefined();
    expect(create(observation, "code.as(Quantity)")).toBeUndefined();
    expect(create(observation, "value.as(Foo)")).toBeUndefined();
    expect(observation.fields.length).toBe(0);
  });

  it("gives an extension made by extension('url') its url", () => {
    const patient = instanceOf("Patient");
    create(patient, "extension('http://x').value.as(Code)");
    const [extension] = patient.field("extension") as FhirInstance[];
    expect(extension?.field("url")).toMatchObject({ primitive: "http://x" });
    expect(extension?.field("value")).toMatchObject({ type: { name: "code" } });
  });

  it("follows the version", () => {
    expect(create(instanceOf("Observation", "STU3"), "related.type", {}, "STU3")?.type.name).toBe("code");
    expect(create(instanceOf("Observation"), "related.type")?.type.name).toBeUndefined();
  });

  it("refuses an expression that names no elements", () => {
    expect(() => compileCreation("code.exists()", fhirSchema("R4"))).toThrow(
      expect.objectContaining({ code: "FHIR_PATH_NOT_CREATABLE" }),
    );
  });
});
