import { describe, expect, it } from "vitest";
import { fhirPathValues } from "./fhirpath-values.js";

const bundle = {
  resourceType: "Bundle",
  type: "collection",
  entry: [
    {
      resource: {
        resourceType: "DiagnosticReport",
        issued: "2022-02-03T01:00:00+01:00",
        specimen: [{ reference: "#1" }],
        subject: { reference: "Patient/p" },
        performer: [{ reference: "urn:uuid:0b1e" }, { reference: "https://other.example/fhir/Organization/o" }],
        contained: [
          { resourceType: "Specimen", id: "1", parent: [{ reference: "#2" }], status: "available" },
          { resourceType: "Specimen", id: "2", status: "unavailable" },
        ],
      },
    },
    { resource: { resourceType: "Patient", id: "p", birthDate: "1980-01-01", active: true } },
    { fullUrl: "urn:uuid:0b1e", resource: { resourceType: "Practitioner", id: "x", gender: "female" } },
    { fullUrl: "https://this.example/fhir/Organization/o", resource: { resourceType: "Organization", id: "o" } },
    {
      resource: {
        resourceType: "Observation",
        valueQuantity: { value: 22.0 },
        specimen: { reference: "#1" },
        subject: { reference: "https://this.example/fhir/Patient/p/_history/3" },
      },
    },
  ],
};

function values(expression: string): readonly unknown[] {
  return fhirPathValues(bundle, expression, "R4");
}

describe("FHIRPath on a result", () => {
  it("gives dates as the text in the JSON", () => {
    expect(values("Bundle.entry.resource.ofType(DiagnosticReport).issued")).toEqual(["2022-02-03T01:00:00+01:00"]);
    expect(values("Bundle.entry.resource.ofType(Patient).birthDate")).toEqual(["1980-01-01"]);
  });

  it("gives numbers and booleans as such", () => {
    expect(values("Bundle.entry.resource.ofType(Observation).value.value")).toEqual([22]);
    expect(values("Bundle.entry.count()")).toEqual([5]);
    expect(values("Bundle.entry.resource.ofType(Patient).active")).toEqual([true]);
  });

  it("knows types and choice elements of STU3", () => {
    const stu3 = { resourceType: "Bundle", entry: [{ resource: { resourceType: "Observation", valueString: "x" } }] };
    expect(fhirPathValues(stu3, "Bundle.entry.resource.ofType(Observation).value", "STU3")).toEqual(["x"]);
  });

  it("says that an expression cannot be read", () => {
    expect(() => values("Bundle..entry")).toThrow();
  });

  it("leaves the document as it was", () => {
    const before = structuredClone(bundle);
    values("Bundle.entry.resource.descendants().resolve()");
    expect(bundle).toEqual(before);
  });
});

describe("resolve()", () => {
  it("finds a contained resource, with its type", () => {
    expect(values("Bundle.entry[0].resource.specimen.resolve().ofType(Specimen).status")).toEqual(["available"]);
  });

  it("finds a contained resource from inside another one", () => {
    expect(values("Bundle.entry[0].resource.specimen.resolve().parent.resolve().status")).toEqual(["unavailable"]);
    expect(values("Bundle.entry[0].resource.contained.parent.resolve().status")).toEqual(["unavailable"]);
  });

  it("does not find what another entry contains", () => {
    expect(values("Bundle.entry.resource.ofType(Observation).specimen.resolve()")).toEqual([]);
  });

  it("finds another entry by type and id, by full URL, and without the version", () => {
    expect(values("Bundle.entry[0].resource.subject.resolve().ofType(Patient).birthDate")).toEqual(["1980-01-01"]);
    expect(values("Bundle.entry[0].resource.performer[0].resolve().gender")).toEqual(["female"]);
    expect(values("Bundle.entry[4].resource.subject.resolve().id")).toEqual(["p"]);
  });

  it("does not take the resource of one server for that of another", () => {
    expect(values("Bundle.entry[0].resource.performer[1].resolve()")).toEqual([]);
  });

  it("is what a type assertion over all members sees", () => {
    expect(values("Bundle.entry[0].resource.specimen.resolve().all($this is Specimen)")).toEqual([true]);
    expect(values("Bundle.entry[0].resource.specimen.resolve().all($this is Patient)")).toEqual([false]);
  });
});
