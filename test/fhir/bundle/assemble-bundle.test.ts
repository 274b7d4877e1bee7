import { describe, expect, it } from "vitest";
import { assembleBundle } from "../../../src/fhir/bundle/assemble-bundle.js";
import { type CreationUse, compileCreation } from "../../../src/fhir/path/create-at-path.js";
import { FhirInstance } from "../../../src/fhir/path/fhir-instance.js";
import { fhirSchema } from "../../../src/fhir/schema/load-fhir-schema.js";

const r4 = fhirSchema("R4");

function instanceOf(type: string): FhirInstance {
  const found = r4.type(type);
  if (found === undefined) throw new Error(type);
  return new FhirInstance(found);
}

function put(base: FhirInstance, path: string, value?: string | boolean, use: CreationUse = {}): FhirInstance {
  const created = compileCreation(path, r4).creatorFor(use).create(base);
  if (created === undefined) throw new Error(path);
  if (value !== undefined) created.primitive = value;
  return created;
}

const refer = (base: FhirInstance, path: string, referencedType: string) =>
  put(base, `${path}.as(Reference).resolve()`, undefined, { referencedType });

describe("assembling the result Bundle (engine-behaviour 6.8)", () => {
  it("is a collection of entries that hold a resource and nothing else", () => {
    const patient = instanceOf("Patient");
    put(patient, "active", true);
    expect(assembleBundle([patient], r4)).toEqual({
      resourceType: "Bundle",
      type: "collection",
      entry: [{ resource: { resourceType: "Patient", active: true } }],
    });
  });

  it("gives resources without content no entry", () => {
    expect(assembleBundle([instanceOf("Patient")], r4)).toEqual({ resourceType: "Bundle", type: "collection" });
  });

  it("numbers contained resources over the whole Bundle, nested ones right behind their owner", () => {
    const report = () => {
      const resource = instanceOf("DiagnosticReport");
      // Created in another order than the elements have: the numbers follow the elements.
      for (const code of ["first", "second"]) {
        const observation = refer(resource, "result", "Observation");
        put(observation, "code.text", code);
        put(refer(observation, "specimen", "Specimen"), "identifier.value", `specimen of ${code}`);
      }
      put(refer(resource, "encounter", "Encounter"), "status", "finished");
      return resource;
    };
    const specimen = (id: string, of: string) => ({
      resourceType: "Specimen",
      id,
      identifier: [{ value: `specimen of ${of}` }],
    });
    const resource = (start: number) => {
      const id = (offset: number) => String(start + offset);
      return {
        resourceType: "DiagnosticReport",
        contained: [
          { resourceType: "Encounter", id: id(0), status: "finished" },
          {
            resourceType: "Observation",
            id: id(1),
            code: { text: "first" },
            specimen: { reference: `#${id(2)}` },
          },
          specimen(id(2), "first"),
          {
            resourceType: "Observation",
            id: id(3),
            code: { text: "second" },
            specimen: { reference: `#${id(4)}` },
          },
          specimen(id(4), "second"),
        ],
        encounter: { reference: `#${id(0)}` },
        result: [{ reference: `#${id(1)}` }, { reference: `#${id(3)}` }],
      };
    };
    expect(assembleBundle([report(), report()], r4).entry).toEqual([
      { resource: resource(1) },
      { resource: resource(6) },
    ]);
  });

  it("removes literal references and empty resources, and keeps identifier and display", () => {
    const procedure = instanceOf("Procedure");
    put(procedure, "subject.as(Reference).reference", "Patient/1");
    const encounter = put(procedure, "encounter.as(Reference)");
    put(encounter, "reference", "Encounter/1");
    put(encounter, "identifier.value", "case 5");
    put(encounter, "display", "stay");
    refer(procedure, "recorder", "Practitioner");
    const performer = put(procedure, "performer.actor");
    put(performer, "name.text");
    expect(assembleBundle([procedure], r4).entry).toEqual([
      {
        resource: {
          resourceType: "Procedure",
          encounter: { identifier: { value: "case 5" }, display: "stay" },
        },
      },
    ]);
  });

  it("counts a resource as empty when only an id or an empty resource is in it", () => {
    const report = instanceOf("DiagnosticReport");
    put(report, "status", "final");
    const observation = refer(report, "result", "Observation");
    put(observation, "id", "temporary");
    refer(observation, "specimen", "Specimen");
    expect(assembleBundle([report], r4).entry).toEqual([
      { resource: { resourceType: "DiagnosticReport", status: "final" } },
    ]);
  });

  it("gives two References to one resource the same number and contains it once", () => {
    const observation = instanceOf("Observation");
    const patient = refer(observation, "subject", "Patient");
    put(patient, "active", true);
    const focus = put(observation, "focus.as(Reference)");
    focus.target = patient;
    expect(assembleBundle([observation], r4).entry).toEqual([
      {
        resource: {
          resourceType: "Observation",
          contained: [{ resourceType: "Patient", id: "1", active: true }],
          subject: { reference: "#1" },
          focus: [{ reference: "#1" }],
        },
      },
    ]);
  });

  it("comes to an end when resources refer to each other in a circle", () => {
    const observation = instanceOf("Observation");
    const other = refer(observation, "hasMember", "Observation");
    put(other, "status", "final");
    const back = put(other, "derivedFrom.as(Reference)");
    back.target = other;
    expect(assembleBundle([observation], r4).entry).toMatchObject([
      { resource: { contained: [{ id: "1", derivedFrom: [{ reference: "#1" }] }] } },
    ]);
  });

  it("puts a Bundle that was mapped in place of the whole result, as it is (engine-behaviour 6.9)", () => {
    const bundle = instanceOf("Bundle");
    put(bundle, "type", "document");
    for (const status of ["final", "amended"]) {
      const observation = refer(put(bundle, "entry"), "resource", "Observation");
      put(observation, "status", status);
      put(refer(observation, "subject", "Patient"), "active", true);
    }
    const patient = instanceOf("Patient");
    put(patient, "active", true);
    const resource = (status: string, number: string) => ({
      resourceType: "Observation",
      contained: [{ resourceType: "Patient", id: number, active: true }],
      status,
      subject: { reference: `#${number}` },
    });
    expect(assembleBundle([patient, bundle], r4)).toEqual({
      resourceType: "Bundle",
      type: "document",
      entry: [{ resource: resource("final", "1") }, { resource: resource("amended", "2") }],
    });
  });
});
