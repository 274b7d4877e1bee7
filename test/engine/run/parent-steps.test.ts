import { describe, expect, it } from "vitest";
import {
  bundleOf,
  firstBodyLine,
  toFlat,
  toResource,
  type WardModel,
  wardMapper,
  wardPlan,
} from "../fixtures/ward-mapper.js";

const items = "$archetype/data[at0001]/events[at0002]/data[at0003]/items";

function pulse(body: string): WardModel {
  return { name: "OBSERVATION.pulse.v1", type: "Observation", body: `mappings:\n${body}` };
}

const reading = (at: number) => `ward/pulse/any_event:0/reading:${at}`;
const device = (at: number) => `ward/pulse/device:${at}`;
const deviceNode = "$archetype/protocol[at0010]/items[openEHR-EHR-CLUSTER.device.v1]";

/** Two components, of millimetres; and what of them stands in the readings. */
const depth = (value: number) => ({ value, unit: "mm", code: "mm", system: "http://unitsofmeasure.org" });
const observation = {
  resourceType: "Observation",
  component: [
    { code: { text: "first" }, valueQuantity: depth(1) },
    { code: { text: "second" }, valueQuantity: depth(2) },
  ],
  method: { text: "ruler" },
};
const readings = {
  [`${reading(0)}/note:0`]: "first",
  [`${reading(0)}/depth|magnitude`]: 1,
  [`${reading(0)}/depth|unit`]: "mm",
  [`${reading(1)}/note:0`]: "second",
  [`${reading(1)}/depth|magnitude`]: 2,
  [`${reading(1)}/depth|unit`]: "mm",
};

/** A method that iterates the components, with others below it. */
function component(openehr: string, ...below: readonly string[]): WardModel {
  return pulse(`  - name: component
    with: { fhir: "$resource.component", openehr: "${items}${openehr}", type: NONE }
    followedBy:
      mappings:
${below.map((method) => `        - ${method}`).join("\n")}`);
}

describe("`^` in a FHIR path", () => {
  const mapper = wardMapper(
    component(
      "[at0006]",
      `name: code
          with: { fhir: "code", openehr: "$openehrRoot", type: NONE }
          followedBy:
            mappings:
              - { name: note, with: { fhir: "text", openehr: "items[at0007]" } }
              - { name: depth, with: { fhir: "^.value.ofType(Quantity)", openehr: "items[at0008]" } }
              - { name: method, with: { fhir: "^^.method.text", openehr: "${deviceNode}/items[at0001]" } }`,
    ),
  );
  const flat = { ...readings, [`${device(0)}/device_name`]: "ruler" };

  it("reads the element of the method one further out, once for each", () => {
    expect(toFlat(mapper, observation)).toMatchObject(flat);
  });

  it("writes into the element of the method one further out", () => {
    expect(toResource(mapper, flat)).toEqual(observation);
  });

  it("climbs from the model of a slot over a referenced resource to what refers to it", () => {
    const deviceModel: WardModel = {
      name: "CLUSTER.device.v1",
      type: "Condition",
      body: `mappings:
  - { name: name, with: { fhir: "$resource.code.text", openehr: "$archetype/items[at0001]" } }
  - { name: use, with: { fhir: "^^.use.text", openehr: "$archetype/items[at0002]/items[at0003]" } }`,
    };
    const encounters = wardMapper(
      {
        name: "OBSERVATION.pulse.v1",
        type: "Encounter",
        body: `mappings:
  - name: diagnosis
    with: { fhir: "$resource.diagnosis", openehr: "${deviceNode}", type: NONE }
    followedBy:
      mappings:
        - name: condition
          with: { fhir: "condition", openehr: "$reference" }
          reference:
            resourceType: Condition
            mappings:
              - { name: called, with: { fhir: "$fhirRoot", openehr: "$openehrRoot" }, slotArchetype: CLUSTER.device.v1 }`,
      },
      deviceModel,
    );
    const condition = { resourceType: "Condition", id: "c", code: { text: "fever" } };
    const encounter = {
      resourceType: "Encounter",
      diagnosis: [{ condition: { reference: "Condition/c" }, use: { text: "billing" } }],
    };
    const there = toFlat(encounters, bundleOf(condition, encounter));
    expect(there).toEqual({
      [`${device(0)}/device_name`]: "fever",
      [`${device(0)}/part:0/part_name`]: "billing",
    });
    expect(toResource(encounters, there)).toMatchObject({
      resourceType: "Encounter",
      diagnosis: [{ condition: { reference: "#1" }, use: { text: "billing" } }],
    });
  });

  it("tests the element further out in a condition", () => {
    const guarded = wardMapper(
      component(
        "[at0006]",
        `name: code
          with: { fhir: "code.text", openehr: "items[at0007]" }
          fhirCondition: { targetRoot: "^", targetAttribute: "status", operator: "one of", criteria: "final" }`,
      ),
    );
    expect(toFlat(guarded, { ...observation, status: "final" })).toEqual({
      [`${reading(0)}/note:0`]: "first",
      [`${reading(1)}/note:0`]: "second",
    });
    expect(() => toFlat(guarded, { ...observation, status: "amended" })).toThrow(
      expect.objectContaining({ code: "MAPPING_WITHOUT_RESULT" }),
    );
  });
});

describe("`../` in an openEHR path", () => {
  const mapper = wardMapper(
    component(
      "[at0006]/items[at0008]",
      `{ name: note, with: { fhir: "code.text", openehr: "../items[at0007]" } }`,
      `{ name: report, with: { fhir: "$resource.method.text", openehr: "../../../../../../context/other_context[at0001]/items[at0002]" } }`,
    ),
  );

  it("means the node above, in the occurrence that the enclosing method has", () => {
    expect(toFlat(mapper, observation)).toMatchObject({
      [`${reading(0)}/note:0`]: "first",
      [`${reading(1)}/note:0`]: "second",
      "ward/context/report_id": "ruler",
    });
  });
});

describe("a path that climbs too far", () => {
  it.each([
    ["^.status", "$archetype", "top.climbing"],
    ["^^.status", "$archetype", "top.climbing"],
    ["status", "../../../../items[at0001]", "top.climbing"],
  ])("is an error with file, line and rule: %s, %s", (fhir, openehr, rule) => {
    const { diagnostics } = wardPlan([
      pulse(`  - name: top
    with: { fhir: "$resource", openehr: "$archetype/protocol[at0010]", type: NONE }
    followedBy:
      mappings:
        - { name: climbing, with: { fhir: "${fhir}", openehr: "${openehr}" } }`),
    ]);
    const climbs = diagnostics.filter(({ code }) => code === "MAPPING_PARENT_BEYOND_START");
    expect(climbs).toEqual(
      fhir === "^.status"
        ? []
        : [
            expect.objectContaining({
              severity: "error",
              rule,
              position: expect.objectContaining({ line: firstBodyLine + 5 }),
            }),
          ],
    );
  });
});
