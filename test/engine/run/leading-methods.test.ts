import { describe, expect, it } from "vitest";
import { bundleOf, toFlat, type WardModel, wardMapper } from "../fixtures/ward-mapper.js";

const items = "$archetype/data[at0001]/items";
const problem = "ward/problem:0";

function start(mappings: string): WardModel {
  return { name: "EVALUATION.problem.v1", type: "Condition", body: `mappings:\n${mappings}` };
}

describe("a method that leads on, to openEHR", () => {
  it("also writes the value of its element where its place takes values", () => {
    const slotted = {
      name: "CLUSTER.other.v1",
      type: "CodeableConcept",
      body: `mappings:
  - { name: text, with: { fhir: "$fhirRoot.text", openehr: "$composition/context/other_context[at0001]/items[at0002]" } }`,
    };
    const mapper = wardMapper(
      start(`  - name: slot
    with: { fhir: "$resource.code", openehr: "${items}[at0002]" }
    slotArchetype: CLUSTER.other.v1`),
      slotted,
    );
    const code = { coding: [{ code: "c" }], text: "Cough" };
    expect(toFlat(mapper, { resourceType: "Condition", code })).toEqual({
      "ward/context/report_id": "Cough",
      [`${problem}/diagnosis|code`]: "c",
      [`${problem}/diagnosis|value`]: "Cough",
    });
  });

  it("runs the methods below it also when its own place is nowhere in the template", () => {
    const unreachable = wardMapper({
      name: "OBSERVATION.pulse.v1",
      type: "Observation",
      body: `mappings:
  - name: parent
    with: { fhir: "$resource.code", openehr: "$archetype/data[at0001]/events[at0002]/data[at0003]/items[at0008]" }
    followedBy:
      mappings:
        - { name: text, with: { fhir: "text", openehr: "$composition/context/other_context[at0001]/items[at0002]" } }`,
    });
    expect(unreachable.diagnostics.map(({ code }) => code)).toContain("MAPPING_OPENEHR_PATH_UNREACHABLE");
    expect(toFlat(unreachable, { resourceType: "Observation", code: { text: "Cough" } })).toEqual({
      "ward/context/report_id": "Cough",
    });
  });

  it("writes nothing itself with `type: NONE`", () => {
    const mapper = wardMapper(
      start(`  - name: slot
    with: { fhir: "$resource.code", openehr: "${items}[at0002]", type: NONE }
    followedBy:
      mappings:
        - { name: text, with: { fhir: "text", openehr: "${items}[at0008, 'Left']" } }`),
    );
    expect(toFlat(mapper, { resourceType: "Condition", code: { coding: [{ code: "c" }], text: "Cough" } })).toEqual({
      [`${problem}/left`]: "Cough",
    });
  });

  it("takes `$reference` on a Reference for the resource it refers to, also without `reference`", () => {
    const mapper = wardMapper(
      start(`  - name: subject
    with: { fhir: "$resource.subject", openehr: "$archetype", type: NONE }
    followedBy:
      mappings:
        - name: target
          with: { fhir: "$fhirRoot", openehr: "$reference" }
          followedBy:
            mappings:
              - { name: born, with: { fhir: "birthDate", openehr: "${items}[at0007]" } }`),
    );
    const patient = { resourceType: "Patient", id: "p", birthDate: "1990-01-02" };
    const condition = { resourceType: "Condition", subject: { reference: "Patient/p" } };
    expect(toFlat(mapper, bundleOf(condition, patient))).toEqual({ [`${problem}/abatement`]: "1990-01-02" });
  });
});
