import { describe, expect, it } from "vitest";
import { claimResources } from "../../src/engine/claim-resources.js";
import { mapAll } from "../../src/engine/map-all.js";
import { compileMapper, type Mapper, type ToOpenEhrResult } from "../../src/engine/mapper.js";
import type { JsonObject } from "../../src/fhir/json.js";
import { readContextText } from "../fhirconnect/mapping-text.js";
import { type WardModel, wardContext, wardMapper, wardModel, wardSettings } from "./fixtures/ward-mapper.js";
import { wardTemplate } from "./fixtures/ward-template.js";

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

function run(input: JsonObject, among = contexts, using: ReadonlyMap<string, Mapper> = mappers) {
  const shares = claimResources(input, among).map((claim) => {
    const mapper = using.get(claim.templateId);
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

const rateModel: WardModel = {
  name: "OBSERVATION.pulse.v1",
  type: "Observation",
  body: `mappings:
  - { name: rate, with: { fhir: $resource.value, openehr: "$archetype/data[at0001]/events[at0002]/data[at0003]/items[at0004]" } }
  - name: focus
    with: { fhir: $resource.focus, openehr: "$archetype/links" }
    link: { meaning: measured because of, type: problem }`,
};
const problemModel: WardModel = {
  name: "EVALUATION.problem.v1",
  type: "Condition",
  body: `mappings:
  - { name: diagnosis, with: { fhir: $resource.code.text, openehr: "$archetype/data[at0001]/items[at0002]" } }
  - name: evidence
    with: { fhir: $resource.evidence.detail, openehr: "$archetype/links" }
    link: { meaning: shown by, type: observation }`,
};

/** Both contexts, read as v1.0.0. */
function v1Mappers(...changed: readonly WardModel[]): ReadonlyMap<string, Mapper> {
  const mapperOf = (model: WardModel) => {
    const mappings = [changed.find(({ name }) => name === model.name) ?? model].map(wardModel);
    return compileMapper({ template: wardTemplate, context: wardContext(mappings), mappings, semantics: "v1" });
  };
  return new Map([
    ["pulses", mapperOf(rateModel)],
    ["problems", mapperOf(problemModel)],
  ]);
}

const measured = (id: string, value: number, ...focus: readonly string[]): JsonObject => ({
  ...observation("pulse"),
  id,
  valueQuantity: { value, code: "/min" },
  focus: focus.map((reference) => ({ reference })),
});
const rate = "ward/pulse/any_event:0/rate|magnitude";

describe("start resources of one context read as v1.0.0", () => {
  it("are a composition each, when the template has room for one", () => {
    const { mapped, leftovers } = run(bundle(measured("a", 60), patient, measured("b", 61)), contexts, v1Mappers());
    expect(mapped.map(({ positions, result }) => [positions, result.flat()[rate]])).toEqual([
      [[0], 60],
      [[2], 61],
    ]);
    expect(leftovers).toEqual([1]);
  });

  it("share one when the archetype repeats in the template", () => {
    const { mapped } = run(bundle(condition("problem"), condition("problem")), contexts, v1Mappers());
    expect(mapped.map(({ positions }) => positions)).toEqual([[0, 1]]);
  });

  it("share one when a hierarchy collects them", () => {
    const hierarchy = `preprocessor:
  hierarchy: { with: { fhir: $resource, openehr: "$archetype/data[at0001]/events[at0002]" }, split: { fhir: { create: resource } } }`;
    const collecting = { ...rateModel, body: `${hierarchy}\n${rateModel.body}` };
    const { mapped } = run(bundle(measured("a", 60), measured("b", 61)), contexts, v1Mappers(collecting));
    expect(mapped.map(({ positions }) => positions)).toEqual([[0, 1]]);
    expect(mapped[0]?.result.flat()).toMatchObject({ [rate]: 60, "ward/pulse/any_event:1/rate|magnitude": 61 });
  });

  it("share one where files are read as openFHIR reads them", () => {
    const { mapped } = run(bundle(measured("a", 60), measured("b", 61)));
    expect(mapped.map(({ positions }) => positions)).toEqual([[0, 1]]);
  });

  it("are left over when nothing of them is mapped, beside others that are", () => {
    const { valueQuantity, ...blank } = measured("a", 60);
    const { mapped, leftovers } = run(bundle(blank, measured("b", 61)), contexts, v1Mappers());
    expect(valueQuantity).toBeDefined();
    expect(mapped.map(({ positions }) => positions)).toEqual([[1]]);
    expect(leftovers).toEqual([0]);
  });
});

describe("a link to a resource that another context maps", () => {
  const fever = { ...condition("problem"), id: "c" };
  const target = (result: ToOpenEhrResult | undefined, path: string, at = 0) =>
    result?.flat()[`${path}/_link:${at}|target`];

  it("leads to the composition of that context", () => {
    const { mapped } = run(bundle(measured("a", 60, "Condition/c"), fever), contexts, v1Mappers());
    const [pulse, problem] = mapped;
    expect(problem?.uri).toMatch(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(pulse?.uri).toBeUndefined();
    expect(target(pulse?.result, "ward/pulse")).toBe(problem?.uri);
  });

  it("goes both ways, and to the right one of several compositions", () => {
    const problem = {
      ...fever,
      evidence: [{ detail: [{ reference: "Observation/b" }, { reference: "Observation/a" }] }],
    };
    const { mapped } = run(bundle(measured("a", 60, "Condition/c"), measured("b", 61), problem), contexts, v1Mappers());
    const [first, second, linking] = mapped;
    expect(first?.uri).not.toBe(second?.uri);
    expect(target(linking?.result, "ward/problem:0", 0)).toBe(second?.uri);
    expect(target(linking?.result, "ward/problem:0", 1)).toBe(first?.uri);
    expect(target(first?.result, "ward/pulse")).toBe(linking?.uri);
  });

  it("has the same URI each time", () => {
    const uris = () =>
      run(bundle(measured("a", 60, "Condition/c"), fever), contexts, v1Mappers()).mapped.map(({ uri }) => uri);
    expect(uris()).toEqual(uris());
  });

  it("stays a reference when the resource is not mapped, and does not count as reading it", () => {
    const unmapped = { ...fever, code: {} };
    const { mapped, leftovers } = run(bundle(measured("a", 60, "Condition/c"), unmapped), contexts, v1Mappers());
    expect(mapped).toHaveLength(1);
    expect(target(mapped[0]?.result, "ward/pulse")).toBe("Condition/c");
    expect(leftovers).toEqual([1]);
  });

  it("stays a reference when it leads to the same composition", () => {
    const other = { ...fever, id: "d", evidence: [{ detail: [{ reference: "Condition/c" }] }] };
    const { mapped } = run(bundle(fever, other), contexts, v1Mappers());
    expect(mapped.map(({ uri }) => uri)).toEqual([undefined]);
    expect(target(mapped[0]?.result, "ward/problem:1")).toBe("Condition/c");
  });
});
