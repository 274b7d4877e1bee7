import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/fhir/json.js";
import { toFlat, wardMapper } from "../fixtures/ward-mapper.js";

const items = "$archetype/data[at0001]";

function problemMapper(mappings: string) {
  return wardMapper({ name: "EVALUATION.problem.v1", type: "Condition", body: `mappings:\n${mappings}` });
}

function conditionWith(extension: JsonObject): JsonObject {
  return { resourceType: "Condition", extension: [{ url: "https://example.org/x", ...extension }] };
}

const diagnosis = "ward/problem:0/diagnosis";

describe("an Extension mapped as a whole", () => {
  it.each([
    [
      "at0003",
      { valueCoding: { code: "at0031", display: "Over" } },
      { "status|code": "at0031", "status|value": "Over" },
    ],
    ["at0002", { valueString: "cough" }, { "diagnosis|other": "cough" }],
    ["at0002", { valueCodeableConcept: { text: "cough" } }, { "diagnosis|other": "cough" }],
    ["at0005", { valueBoolean: true }, { confirmed: true }],
    ["at0006", { valueInteger: 3 }, { episodes: 3 }],
    ["at0007", { valueDate: "2024-03-01" }, { abatement: "2024-03-01" }],
  ])("stands for the value it holds: %s of %o", (node, extension, expected) => {
    const mapper = problemMapper(
      `  - { name: whole, with: { fhir: "$resource.extension", openehr: "${items}/items[${node}]" } }`,
    );
    const flat = Object.entries(expected).map(([name, value]) => [`ward/problem:0/${name}`, value]);
    expect(toFlat(mapper, conditionWith(extension))).toEqual(Object.fromEntries(flat));
  });

  it("says nothing itself when methods below it map its value", () => {
    const mapper = problemMapper(`  - name: whole
    with: { fhir: "$resource.extension", openehr: "${items}/items[at0003]" }
    followedBy:
      mappings:
        - { name: code, with: { fhir: "value.as(Coding)", openehr: "${items}/items[at0002]" } }`);
    const resource = conditionWith({ valueCoding: { code: "x", display: "X" } });
    expect(toFlat(mapper, resource)).toEqual({ [`${diagnosis}|code`]: "x", [`${diagnosis}|value`]: "X" });
  });
});

describe("constants of an Extension's value", () => {
  it("are written when their condition repeats the path of their method", () => {
    const mapper = problemMapper(`  - name: extension
    with: { fhir: "$resource.extension", openehr: "$archetype" }
    followedBy:
      mappings:
        - name: mark
          with: { fhir: "$fhirRoot.value.as(Coding)", openehr: "data[at0001]/items[at0003]" }
          manual:
            - name: resolved
              openehr:
                - { path: "defining_code/terminology_id", value: local }
                - { path: "defining_code/code_string", value: at0031 }
              fhirCondition: { targetRoot: "$fhirRoot.value.as(Coding)", targetAttribute: code, operator: "one of", criteria: "!" }`);
    expect(toFlat(mapper, conditionWith({ valueCoding: { code: "!" } }))).toEqual({
      "ward/problem:0/status|code": "at0031",
      "ward/problem:0/status|terminology": "local",
    });
  });
});
