import { describe, expect, it } from "vitest";
import { bundleOf, toFlat, toResource, wardMapper } from "../fixtures/ward-mapper.js";

const items = "$archetype/data[at0001]/items";
const left = "ward/problem:0/left";
const right = "ward/problem:0/right";

/** A text that goes both ways, and methods below one that has a direction: a child, a slot, one behind a reference. */
function mapperOf(direction: string) {
  const below = `  - name: below
    unidirectional: ${direction}
    with: { fhir: "$resource.bodySite", openehr: "$archetype", type: NONE }
    followedBy: { mappings: [{ name: side, with: { fhir: "text", openehr: "${items}[at0008 and name/value='Right']" } }] }
  - name: slot
    unidirectional: ${direction}
    with: { fhir: "$resource.severity", openehr: "$archetype" }
    slotArchetype: CLUSTER.grade.v1
  - name: reference
    unidirectional: ${direction}
    with: { fhir: "$resource.encounter", openehr: "$archetype" }
    reference:
      resourceType: Encounter
      mappings: [{ name: type, with: { fhir: "type.text", openehr: "${items}[at0002]" } }]`;
  const both = `  - { name: both, with: { fhir: "$resource.code.text", openehr: "${items}[at0008 and name/value='Left']" } }`;
  return wardMapper(
    { name: "EVALUATION.problem.v1", type: "Condition", body: `mappings:\n${both}\n${below}` },
    {
      name: "CLUSTER.grade.v1",
      type: "CodeableConcept",
      body: `mappings: [{ name: count, with: { fhir: "$resource.text", openehr: "$composition/context/other_context[at0001]/items[at0002]" } }]`,
    },
  );
}

const condition = {
  resourceType: "Condition",
  code: { text: "l" },
  bodySite: [{ text: "r" }],
  severity: { text: "3" },
  encounter: { reference: "Encounter/e" },
};
const bundle = bundleOf(condition, { resourceType: "Encounter", id: "e", type: [{ text: "visit" }] });
const flat = {
  [left]: "l",
  [right]: "r",
  "ward/context/report_id": "3",
  "ward/problem:0/diagnosis|other": "visit",
};

describe("the direction of a method", () => {
  it("holds for its children, its slot and what its reference leads to", () => {
    expect(toFlat(mapperOf("fhir->openehr"), bundle)).toEqual(flat);
    expect(toFlat(mapperOf("openehr->fhir"), bundle)).toEqual({ [left]: "l" });
    expect(toResource(mapperOf("fhir->openehr"), flat)).toEqual({ resourceType: "Condition", code: { text: "l" } });
    expect(toResource(mapperOf("openehr->fhir"), flat)).toMatchObject({
      code: { text: "l" },
      bodySite: [{ text: "r" }],
      severity: { text: "3" },
      encounter: { reference: "#1" },
      contained: [{ resourceType: "Encounter", type: [{ text: "visit" }] }],
    });
  });
});
