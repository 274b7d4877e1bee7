import { describe, expect, it } from "vitest";
import { compileMapper } from "../../../src/engine/mapper.js";
import type { JsonObject, JsonValue } from "../../../src/fhir/json.js";
import {
  bundleOf,
  resourcesOf,
  toFlat,
  toResources,
  wardContext,
  wardMapper,
  wardModel,
  wardSettings,
} from "../fixtures/ward-mapper.js";
import { wardTemplate } from "../fixtures/ward-template.js";

const event = "$archetype/data[at0001]/events[at0002]";
const items = "$archetype/data[at0001]";
const withoutResult = expect.objectContaining({ code: "MAPPING_WITHOUT_RESULT" });

const rate = `mappings:
  - { name: rate, with: { fhir: "$resource.value.ofType(Quantity)", openehr: "${event}/data[at0003]/items[at0004]" } }`;
const single = wardMapper({ name: "OBSERVATION.pulse.v1", type: "Observation", body: rate });

function observation(value: number): JsonObject {
  return { resourceType: "Observation", valueQuantity: { value, unit: "/min", code: "/min" } };
}

function flatRate(value: number, at = 0): JsonObject {
  const path = `ward/pulse/any_event:${at}/rate`;
  return { [`${path}|magnitude`]: value, [`${path}|unit`]: "/min" };
}

describe("a model of one resource type", () => {
  it("maps a single resource", () => {
    expect(toFlat(single, observation(60))).toEqual(flatRate(60));
  });

  it("maps the resources of its type in a Bundle", () => {
    const others = [{ resourceType: "Patient", gender: "other" }, { resourceType: "Condition" }];
    expect(toFlat(single, bundleOf(...others, observation(60)))).toEqual(flatRate(60));
  });

  it("makes a Bundle of the resource it maps a composition to", () => {
    const bundle = single.toFhir(single.readComposition(flatRate(60), wardSettings), wardSettings);
    expect(bundle).toEqual({
      resourceType: "Bundle",
      type: "collection",
      entry: [
        {
          resource: {
            resourceType: "Observation",
            valueQuantity: { value: 60, unit: "/min", system: "http://unitsofmeasure.org", code: "/min" },
          },
        },
      ],
    });
  });

  it("maps several compositions into one Bundle, in their order", () => {
    const compositions = [60, 70, 80].flatMap((value) => single.readComposition(flatRate(value), wardSettings));
    const values = resourcesOf(single.toFhir(compositions, wardSettings)).map(
      (resource) => (resource.valueQuantity as JsonObject).value,
    );
    expect(values).toEqual([60, 70, 80]);
  });
});

describe("a mapping that yields nothing", () => {
  it.each([
    ["a resource of another type", { resourceType: "Patient", gender: "other" }],
    ["a resource of another type with an element of the same name", { ...observation(60), resourceType: "Goal" }],
    ["a resource without what is mapped", { resourceType: "Observation", status: "final" }],
    ["an empty Bundle", { resourceType: "Bundle", entry: [] }],
    ["a Bundle without entries", { resourceType: "Bundle" }],
    ["a Bundle of other resources", bundleOf({ resourceType: "Patient" })],
    ["entries that are no resources", { resourceType: "Bundle", entry: [null, 3, {}, { resource: "x" }] }],
    ["a value that the place cannot hold", { resourceType: "Observation", valueString: "x" }],
  ] as [string, JsonObject][])("to openEHR is refused: %s", (_, resource) => {
    expect(() => toFlat(single, resource)).toThrowError(withoutResult);
  });

  it("to FHIR is refused, and names the model that found nothing", () => {
    const flat = { "ward/problem:0/onset": "2024-01-01T10:00:00" };
    expect(() => toResources(single, flat)).toThrowError(
      expect.objectContaining({ code: "MAPPING_WITHOUT_RESULT", place: { mapping: "OBSERVATION.pulse.v1" } }),
    );
  });

  it("is refused without telling what was in the input", () => {
    const resource = { resourceType: "Observation", valueString: "a secret of the patient" };
    try {
      toFlat(single, resource);
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify(error) + String(error)).not.toContain("secret");
    }
  });

  it("is refused when the input has no resourceType", () => {
    expect(() => toFlat(single, { valueQuantity: { value: 1 } })).toThrowError(
      expect.objectContaining({ code: "INPUT_NOT_FHIR" }),
    );
  });
});

const bundleModel = {
  name: "COMPOSITION.ward.v1",
  type: "Bundle",
  body: `mappings:
  - name: type
    with: { fhir: "$resource.type", openehr: "$archetype" }
    manual: [{ name: m, fhir: [{ path: "", value: document }] }]
  - name: pulses
    with: { fhir: "$resource.entry", openehr: "$composition/content[openEHR-EHR-OBSERVATION.pulse.v1]/data[at0001]/events[at0002]" }
    followedBy:
      mappings:
        - name: resource
          with: { fhir: "resource", openehr: "$reference" }
          reference:
            resourceType: Observation
            mappings:
              - { name: rate, with: { fhir: "value.ofType(Quantity)", openehr: "data[at0003]/items[at0004]" } }
  - name: problems
    with: { fhir: "$resource.entry", openehr: "$composition/content[openEHR-EHR-EVALUATION.problem.v1]", type: NONE }
    followedBy:
      mappings:
        - name: resource
          with: { fhir: "resource", openehr: "$reference" }
          reference:
            resourceType: Condition
            mappings:
              - { name: code, with: { fhir: "code", openehr: "data[at0001]/items[at0002]" } }`,
};

describe("a model of a Bundle", () => {
  const mapper = wardMapper(bundleModel);
  const flat = { ...flatRate(60, 0), ...flatRate(70, 1), "ward/problem:0/diagnosis|other": "x" };

  it("is the result itself, with an entry for each occurrence", () => {
    const bundle = mapper.toFhir(mapper.readComposition(flat, wardSettings), wardSettings);
    expect(bundle.resourceType).toBe("Bundle");
    expect(resourcesOf(bundle)).toMatchObject([
      { resourceType: "Observation", valueQuantity: { value: 60 } },
      { resourceType: "Observation", valueQuantity: { value: 70 } },
      { resourceType: "Condition", code: { text: "x" } },
    ]);
  });

  it("is of type collection when the mapping does not say what it is", () => {
    const body = bundleModel.body.replace(/ {2}- name: type[\s\S]*?(?= {2}- name: pulses)/, "");
    const untyped = wardMapper({ ...bundleModel, body });
    expect(untyped.toFhir(untyped.readComposition(flat, wardSettings), wardSettings).type).toBe("collection");
  });

  it("leads on from `$reference` also where the template has no entry of its archetype", () => {
    const rate = `${event.replace("$archetype", "$composition/content[openEHR-EHR-OBSERVATION.pulse.v1]")}/data[at0003]/items[at0004]`;
    const body = `mappings:
  - name: entry
    with: { fhir: "$resource.entry", openehr: "$reference" }
    followedBy:
      mappings:
        - { name: rate, with: { fhir: "resource.value.ofType(Quantity)", openehr: "${rate}" } }`;
    expect(toFlat(wardMapper({ ...bundleModel, body }), bundleOf(observation(60)))).toEqual(flatRate(60));
  });

  it("takes a single resource for a Bundle of one", () => {
    const resource = observation(60);
    const read = wardMapper({
      ...bundleModel,
      body: `mappings:
  - name: entry
    with: { fhir: "$resource.entry", openehr: "$composition/content[openEHR-EHR-OBSERVATION.pulse.v1]/data[at0001]/events[at0002]", type: NONE }
    followedBy:
      mappings:
        - { name: rate, with: { fhir: "resource.value.ofType(Quantity)", openehr: "data[at0003]/items[at0004]" } }`,
    });
    expect(toFlat(read, resource)).toEqual(flatRate(60));
    expect(toFlat(read, bundleOf(resource, observation(70)))).toEqual({ ...flatRate(60), ...flatRate(70, 1) });
  });
});

describe("a slot", () => {
  const models = [
    {
      name: "OBSERVATION.pulse.v1",
      type: "Observation",
      body: `mappings:
  - name: device
    with: { fhir: "$resource.component", openehr: "$archetype/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]" }
    slotArchetype: CLUSTER.device.v1`,
    },
    {
      name: "CLUSTER.device.v1",
      type: "BackboneElement",
      body: `mappings:
  - { name: name, with: { fhir: "$resource.code.text", openehr: "$archetype/items[at0001]" } }
  - { name: part, with: { fhir: "extension.value.ofType(string)", openehr: "items[at0002]/items[at0003]" } }`,
    },
  ];
  const flat = {
    "ward/pulse/device:0/device_name": "D0",
    "ward/pulse/device:0/part:0/part_name": "P0",
    "ward/pulse/device:0/part:1/part_name": "P1",
    "ward/pulse/device:1/device_name": "D1",
  };
  const components = [
    { code: { text: "D0" }, extension: [{ valueString: "P0" }, { valueString: "P1" }] },
    { code: { text: "D1" } },
  ];

  it("runs its model once for each occurrence, on the element that the slot opens", () => {
    expect(toResources(wardMapper(...models), flat)).toEqual([{ resourceType: "Observation", component: components }]);
  });

  it("runs its model once for each element, in the occurrence that the slot opens", () => {
    expect(toFlat(wardMapper(...models), { resourceType: "Observation", component: components as JsonValue })).toEqual(
      flat,
    );
  });
});

describe("several methods for one place", () => {
  const mapper = wardMapper({
    name: "EVALUATION.problem.v1",
    type: "Condition",
    body: `mappings:
  - { name: left, with: { fhir: "$resource.code.text", openehr: "${items}/items[at0008, 'Left']" } }
  - { name: right, with: { fhir: "$resource.code.text", openehr: "${items}/items[at0008, 'Right']" } }
  - { name: noteLeft, with: { fhir: "$resource.note.text", openehr: "${items}/items[at0008, 'Left']" } }
  - { name: noteRight, with: { fhir: "$resource.note.text", openehr: "${items}/items[at0008, 'Right']" } }`,
  });

  it("leave the last value where FHIR has room for one, and all values where it has a list", () => {
    expect(toResources(mapper, { "ward/problem:0/left": "L", "ward/problem:0/right": "R" })).toEqual([
      { resourceType: "Condition", code: { text: "R" }, note: [{ text: "L" }, { text: "R" }] },
    ]);
  });

  it("leave what the last method that finds something writes", () => {
    const resource = { resourceType: "Condition", code: { text: "code" }, note: [{ text: "note" }] };
    expect(toFlat(mapper, resource)).toEqual({ "ward/problem:0/left": "note", "ward/problem:0/right": "note" });
  });
});

describe("a method of one direction", () => {
  const body = (direction: string) => `mappings:
  - { name: one, with: { fhir: "$resource.code.text", openehr: "${items}/items[at0008, 'Left']" } }
  - { name: two, with: { fhir: "$resource.note.text", openehr: "${items}/items[at0008, 'Right']" }, unidirectional: "${direction}" }`;
  const model = (direction: string) => ({ name: "EVALUATION.problem.v1", type: "Condition", body: body(direction) });
  const flat = { "ward/problem:0/left": "L", "ward/problem:0/right": "R" };
  const resource = { resourceType: "Condition", code: { text: "L" }, note: [{ text: "R" }] };

  it("runs to FHIR only", () => {
    const mapper = wardMapper(model("openehr->fhir"));
    expect(toResources(mapper, flat)).toEqual([resource]);
    expect(toFlat(mapper, resource)).toEqual({ "ward/problem:0/left": "L" });
  });

  it("runs to openEHR only", () => {
    const mapper = wardMapper(model("fhir->openehr"));
    expect(toResources(mapper, flat)).toEqual([{ resourceType: "Condition", code: { text: "L" } }]);
    expect(toFlat(mapper, resource)).toEqual(flat);
  });
});

describe("mapping files that cannot be used", () => {
  it("are refused with file, line and rule", () => {
    const model = wardModel({
      name: "OBSERVATION.pulse.v1",
      type: "Observation",
      body: `mappings:
  - { name: torn, with: { fhir: "$resource.note.where(", openehr: "${event}" } }`,
    });
    expect(() =>
      compileMapper({ template: wardTemplate, context: wardContext([model]), mappings: [model] }),
    ).toThrowError(
      expect.objectContaining({
        code: "MAPPING_NOT_COMPILED",
        place: expect.objectContaining({
          mapping: "OBSERVATION.pulse.v1",
          rule: "torn",
          position: expect.objectContaining({ file: "OBSERVATION.pulse.v1.yml", line: 12 }),
        }),
      }),
    );
  });
});
