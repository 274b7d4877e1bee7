import { describe, expect, it } from "vitest";
import { bundleResources } from "../../../src/fhir/bundle/bundle-resources.js";
import { referenceIndex } from "../../../src/fhir/bundle/index-references.js";
import type { JsonObject, JsonValue } from "../../../src/fhir/json.js";

const organization = { resourceType: "Organization", id: "org", partOf: { reference: "#p" } };
const containedPatient = { resourceType: "Patient", id: "p" };
const observation = {
  resourceType: "Observation",
  id: "obs",
  contained: [containedPatient, organization, { resourceType: "Device", id: "#d" }],
};
const patient = { resourceType: "Patient", id: "1" };
const practitioner = { resourceType: "Practitioner" };
const withEmptyId = { resourceType: "Device", id: "" };
const duplicate = { resourceType: "Patient", id: "1", gender: "male" };
const encounter = { resourceType: "Encounter", id: "e" };
const bundle: JsonObject = {
  resourceType: "Bundle",
  entry: [
    { fullUrl: "urn:uuid:11", resource: observation },
    { fullUrl: "http://server/fhir/Patient/1/_history/2", resource: patient },
    { fullUrl: "http://server/fhir/Practitioner/9", resource: practitioner },
    { fullUrl: "http://server/fhir/Device/5", resource: withEmptyId },
    { resource: duplicate },
    { resource: encounter },
    { fullUrl: "http://server/fhir/Patient/4" },
    null,
    { resource: "no resource" },
  ],
};

const index = referenceIndex(bundle);
const resolve = (reference: JsonValue, resource: JsonObject = observation) =>
  index.resolve({ type: "Reference", value: { reference }, resource });

describe("resolving references inside the input (engine-behaviour 7.1)", () => {
  it.each<[string, string, JsonObject]>([
    ["a contained resource", "#p", containedPatient],
    ["a contained resource whose id was sent with #", "#d", observation.contained[2] as JsonObject],
    ["a fullUrl", "urn:uuid:11", observation],
    ["a fullUrl without its version", "http://server/fhir/Patient/1", patient],
    ["a version of it", "http://server/fhir/Patient/1/_history/7", patient],
    ["type and id", "Encounter/e", encounter],
    ["type and id with a version", "Encounter/e/_history/1", encounter],
    ["type and id written absolutely", "http://elsewhere/Encounter/e", encounter],
    ["type and id behind a #", "#Encounter/e", encounter],
    ["the id an entry has from its fullUrl", "Practitioner/9", practitioner],
    ["that id also when the entry's own is empty", "Device/5", withEmptyId],
    ["the first of several", "Patient/1", patient],
    ["text with blanks around", " Encounter/e ", encounter],
  ])("finds %s", (_, reference, expected) => {
    expect(resolve(reference)).toEqual({ type: expected.resourceType, value: expected, resource: expected });
    expect(resolve(reference)?.value).toBe(expected);
  });

  it("looks from a contained resource into its container", () => {
    expect(resolve("#p", organization)?.value).toBe(containedPatient);
    expect(resolve("#", organization)?.value).toBe(observation);
  });

  it.each<[string, JsonValue]>([
    ["another resource's contained", "#q"],
    ["something outside the input", "Patient/404"],
    ["an entry without a resource", "http://server/fhir/Patient/4"],
    ["a blank text", "  "],
    ["no text", 5],
    ["a name of JavaScript's own", "constructor"],
    ["an id alone", "e"],
  ])("finds nothing for %s", (_, reference) => {
    expect(resolve(reference)).toBeUndefined();
  });

  it("finds contained resources of one entry only from that entry", () => {
    expect(resolve("#p", encounter)).toBeUndefined();
  });

  it("finds nothing for a Reference without text or value", () => {
    expect(index.resolve({ type: "Reference", value: { display: "x" }, resource: observation })).toBeUndefined();
    expect(index.resolve({ type: "Reference", value: undefined, resource: observation })).toBeUndefined();
  });

  it("resolves a uri or canonical by itself", () => {
    expect(index.resolve({ type: "uri", value: "urn:uuid:11", resource: encounter })?.value).toBe(observation);
  });

  it("indexes a single resource, which may also refer to itself", () => {
    const single = referenceIndex(observation);
    const at = (reference: string) =>
      single.resolve({ type: "Reference", value: { reference }, resource: observation })?.value;
    expect(at("#p")).toBe(containedPatient);
    expect(at("Observation/obs")).toBe(observation);
  });
});

describe("resources of an input", () => {
  it("are the entry resources of a Bundle in order", () => {
    expect(bundleResources(bundle)).toEqual([observation, patient, practitioner, withEmptyId, duplicate, encounter]);
    expect(bundleResources({ resourceType: "Bundle" })).toEqual([]);
  });

  it("is the resource itself when it is no Bundle", () => {
    expect(bundleResources(patient)).toEqual([patient]);
  });

  it("are refused for JSON that is no resource", () => {
    expect(() => bundleResources({ entry: [] })).toThrow(expect.objectContaining({ code: "FHIR_NOT_A_RESOURCE" }));
  });
});
