import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/fhir/json.js";
import { bundleOf, toFlat, toResource, wardMapper } from "../fixtures/ward-mapper.js";

const mapper = wardMapper({
  name: "EVALUATION.problem.v1",
  type: "Condition",
  body: `mappings:
  - { name: code, with: { fhir: "$resource.code.text", openehr: "$archetype/data[at0001]/items[at0002]" } }
  - name: recorder
    with: { fhir: "$resource.recorder", openehr: "$archetype/other_participations" }
    participationsFunction: recorder
  - name: asserter
    with: { fhir: "$resource.asserter", openehr: "$archetype/other_participations" }
    participationsFunction: asserter`,
});

const participation = (at: number) => `ward/problem:0/_other_participation:${at}`;
const text = { code: { text: "fever" } };
const inFlat = { "ward/problem:0/diagnosis|other": "fever" };

function condition(parties: JsonObject): JsonObject {
  return { resourceType: "Condition", ...text, ...parties };
}

describe("a participation", () => {
  it("is one entry of the list for each method that names a function", () => {
    const resource = condition({ recorder: { display: "Dr. Rey" }, asserter: { display: "Nurse Oak" } });
    expect(toFlat(mapper, resource)).toMatchObject({
      [`${participation(0)}|function`]: "recorder",
      [`${participation(0)}|name`]: "Dr. Rey",
      [`${participation(1)}|function`]: "asserter",
      [`${participation(1)}|name`]: "Nurse Oak",
    });
  });

  it("comes back to the element of its function only, in whatever order the list is", () => {
    const flat = {
      ...inFlat,
      [`${participation(0)}|function`]: "asserter",
      [`${participation(0)}|name`]: "Nurse Oak",
      [`${participation(1)}|function`]: "witness",
      [`${participation(1)}|name`]: "Somebody",
    };
    expect(toResource(mapper, flat)).toEqual(condition({ asserter: { display: "Nurse Oak" } }));
  });

  it("keeps display, identifier and reference of its party there and back", () => {
    const recorder = {
      reference: "Practitioner/7",
      identifier: { system: "urn:staff", value: "S7" },
      display: "Dr. Rey",
    };
    const resource = condition({ recorder });
    expect(toResource(mapper, toFlat(mapper, resource))).toEqual(resource);
  });

  it("takes name and identifiers of a party that the input holds", () => {
    const practitioner = {
      resourceType: "Practitioner",
      id: "7",
      name: [{ given: ["Ada"], family: "Rey" }],
      identifier: [{ system: "urn:staff", value: "S7" }],
    };
    const flat = toFlat(mapper, bundleOf(condition({ recorder: { reference: "Practitioner/7" } }), practitioner));
    expect(flat).toMatchObject({
      [`${participation(0)}|name`]: "Ada Rey",
      [`${participation(0)}|identifiers_id:0`]: "S7",
      [`${participation(0)}|identifiers_issuer:0`]: "urn:staff",
    });
  });

  it("is not there when nothing identifies the party", () => {
    expect(toFlat(mapper, condition({ recorder: {}, asserter: { display: "Nurse Oak" } }))).toEqual({
      ...inFlat,
      [`${participation(0)}|function`]: "asserter",
      [`${participation(0)}|name`]: "Nurse Oak",
    });
  });

  it("is written by each of several elements, and its children write into it", () => {
    const team = wardMapper({
      name: "EVALUATION.problem.v1",
      type: "Procedure",
      body: `mappings:
  - { name: code, with: { fhir: "$resource.code.text", openehr: "$archetype/data[at0001]/items[at0002]" } }
  - name: performer
    with: { fhir: "$resource.performer", openehr: "$archetype/other_participations" }
    participationsFunction: performer
    followedBy:
      mappings:
        - { name: who, with: { fhir: "actor.display", openehr: "performer/name" } }
        - { name: how, with: { fhir: "function.text", openehr: "mode/value" } }`,
    });
    const performer = [
      { actor: { display: "Dr. Rey" }, function: { text: "telephone" } },
      { actor: { display: "Nurse Oak" } },
    ];
    const resource = { resourceType: "Procedure", ...text, performer };
    const flat = toFlat(team, resource);
    expect(flat).toMatchObject({
      [`${participation(0)}|function`]: "performer",
      [`${participation(0)}|name`]: "Dr. Rey",
      [`${participation(0)}|mode`]: "telephone",
      [`${participation(1)}|name`]: "Nurse Oak",
    });
    expect(toResource(team, flat)).toEqual(resource);
  });
});

describe("a method with `participationsFunction` on another path", () => {
  it("is reported with file, line and rule", () => {
    const { diagnostics } = wardMapper({
      name: "EVALUATION.problem.v1",
      type: "Condition",
      body: `mappings:
  - name: recorder
    with: { fhir: "$resource.recorder.display", openehr: "$archetype/data[at0001]/items[at0002]" }
    participationsFunction: recorder`,
    });
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ code: "MAPPING_ENTRY_PLACE", rule: "recorder", position: expect.anything() }),
    );
  });
});
