import { describe, expect, it } from "vitest";
import { claimResources } from "../../src/engine/claim-resources.js";
import { mapAll } from "../../src/engine/map-all.js";
import type { JsonObject } from "../../src/fhir/json.js";
import { readContextText } from "../fhirconnect/mapping-text.js";
import { wardMapper, wardSettings } from "./fixtures/ward-mapper.js";

const pulses = wardMapper({
  name: "OBSERVATION.pulse.v1",
  type: "Observation",
  body: `mappings:
  - name: rate
    with: { fhir: $resource.value, openehr: "$archetype/data[at0001]/events[at0002]/data[at0003]/items[at0004]" }
  - name: device
    with: { fhir: $resource.device, openehr: "$archetype/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]" }
    reference:
      resourceType: Device
      mappings:
        - name: name
          with: { fhir: distinctIdentifier, openehr: "items[at0001]" }
`,
});
const problems = wardMapper({
  name: "EVALUATION.problem.v1",
  type: "Condition",
  body: `mappings:
  - name: diagnosis
    with: { fhir: $resource.code.text, openehr: "$archetype/data[at0001]/items[at0002]" }
`,
});

function context(template: string, url?: string) {
  const profile = url === undefined ? "" : `http://example.org/${url}`;
  return readContextText(`grammar: FHIRConnect/v1.0.0
type: context
metadata: { name: ${template}.context, version: 1.0.0 }
spec: { system: FHIR, version: R4 }
context:
  profile: { url: "${profile}" }
  template: { id: ${template} }
  archetypes: [a]
  start: a`);
}

const claiming = (...profiles: string[]) => ({
  meta: { profile: profiles.map((name) => `http://example.org/${name}`) },
});
const observation = (...profiles: string[]): JsonObject => ({
  resourceType: "Observation",
  ...claiming(...profiles),
  device: { reference: "Device/d" },
  valueQuantity: { value: 72, unit: "/min", system: "http://unitsofmeasure.org", code: "/min" },
});
const condition = (...profiles: string[]): JsonObject => ({
  resourceType: "Condition",
  ...claiming(...profiles),
  code: { text: "Fever" },
});
const device: JsonObject = { resourceType: "Device", id: "d", distinctIdentifier: "Clip" };
const patient: JsonObject = { resourceType: "Patient", id: "p" };

function bundle(...resources: readonly JsonObject[]): JsonObject {
  return { resourceType: "Bundle", type: "collection", entry: resources.map((resource) => ({ resource })) };
}

const contexts = [context("pulses", "pulse"), context("problems", "problem")];
const mappers = new Map([
  ["pulses", pulses],
  ["problems", problems],
]);

function run(input: JsonObject, among = contexts) {
  const shares = claimResources(input, among).map((claim) => {
    const mapper = mappers.get(claim.templateId);
    if (mapper === undefined) throw new Error(claim.templateId);
    return { claim, mapper };
  });
  return mapAll(input, shares, wardSettings);
}

describe("a Bundle that several contexts match", () => {
  it("is mapped by each of them, references leading out of its share", () => {
    const { mapped, leftovers } = run(bundle(condition("problem"), device, observation("pulse"), patient));
    expect(mapped.map(({ templateId, positions }) => [templateId, positions])).toEqual([
      ["pulses", [2]],
      ["problems", [0]],
    ]);
    expect(mapped[0]?.result.flat()).toMatchObject({ "ward/pulse/device:0/device_name": "Clip" });
    expect(leftovers).toEqual([3]);
  });

  it("gives a resource with two profiles to the first context alone", () => {
    const claims = claimResources(bundle(observation("problem", "pulse|1.0")), contexts);
    expect(claims).toEqual([{ templateId: "pulses", positions: [0] }]);
  });

  it("gives what claims nothing to the context of the Bundle's own profile", () => {
    const input = { ...bundle(observation(), condition("problem")), ...claiming("pulse") };
    expect(claimResources(input, contexts)).toEqual([
      { templateId: "pulses", positions: [0] },
      { templateId: "problems", positions: [1] },
    ]);
  });

  it("gives what claims nothing to the last context without profile", () => {
    const among = [context("first"), context("pulses", "pulse"), context("problems")];
    const { mapped, leftovers } = run(bundle(observation("pulse"), condition(), patient), among);
    expect(mapped.map(({ templateId }) => templateId)).toEqual(["pulses", "problems"]);
    expect(leftovers).toEqual([2]);
  });

  it("leaves over what a context claims and does not map, and entries without resource", () => {
    const input = bundle(observation("pulse"), patient, condition("pulse"));
    const withEmpty = { ...input, entry: [...(input.entry as JsonObject[]), { fullUrl: "urn:x" }] };
    expect(run(withEmpty).leftovers).toEqual([1, 2, 3]);
  });

  it("is refused when no context maps anything of it", () => {
    expect(() => run(bundle(condition("pulse")))).toThrow(expect.objectContaining({ code: "MAPPING_WITHOUT_RESULT" }));
  });

  it("has no claims when nothing matches", () => {
    expect(claimResources(bundle(patient), contexts)).toEqual([]);
  });
});
