import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/fhir/json.js";
import { toFlat, toResource, wardMapper } from "../fixtures/ward-mapper.js";

const status = "$archetype/data[at0001]/items[at0003]";

/** One FHIR path paired with one path into the coded text. */
function mapper(fhir: string, tail: string) {
  return wardMapper({
    name: "EVALUATION.problem.v1",
    type: "Condition",
    body: `mappings:
  - { name: part, with: { fhir: "${fhir}", openehr: "${status}/${tail}" } }`,
  });
}

const coding = { system: "local", code: "at0030", display: "Active" };
const resource = { resourceType: "Condition", category: [{ coding: [coding], text: "Active" }] };
const path = "ward/problem:0/status";
const flat: JsonObject = { [`${path}|code`]: "at0030", [`${path}|value`]: "Active", [`${path}|terminology`]: "local" };

describe("a part of a coded text, written from FHIR", () => {
  it.each([
    ["$resource.category.coding.code", "defining_code/code_string", { [`${path}|code`]: "at0030" }],
    ["$resource.category.coding.code", "defining_code", { [`${path}|code`]: "at0030" }],
    ["$resource.category.coding.system", "defining_code/terminology_id", { [`${path}|terminology`]: "local" }],
    ["$resource.category.coding.system", "defining_code/terminology_id/value", { [`${path}|terminology`]: "local" }],
  ])("is what the path says: %s in %s", (fhir, tail, expected) => {
    expect(toFlat(mapper(fhir, tail), resource)).toEqual(expected);
  });

  it.each(["$resource.category.coding", "$resource.category"])(
    "brings the text, which a coded text must have, when it is a whole code: %s",
    (fhir) => {
      expect(toFlat(mapper(fhir, "defining_code"), resource)).toEqual(flat);
    },
  );

  it("leaves the text that another method has written", () => {
    const both = wardMapper({
      name: "EVALUATION.problem.v1",
      type: "Condition",
      body: `mappings:
  - { name: text, with: { fhir: "$resource.code.text", openehr: "${status}/value" } }
  - { name: code, with: { fhir: "$resource.category.coding", openehr: "${status}/defining_code" } }`,
    });
    expect(toFlat(both, { ...resource, code: { text: "As told" } })).toEqual({ ...flat, [`${path}|value`]: "As told" });
  });

  it("is the text of a number", () => {
    const episode = { resourceType: "Condition", extension: [{ url: "urn:code", valueInteger: 30 }] };
    const numbered = mapper("$resource.extension.value", "defining_code/code_string");
    expect(toFlat(numbered, episode)).toEqual({ [`${path}|code`]: "30" });
  });

  it("adds to the parts that other methods write", () => {
    const both = wardMapper({
      name: "EVALUATION.problem.v1",
      type: "Condition",
      body: `mappings:
  - { name: code, with: { fhir: "$resource.category.coding.code", openehr: "${status}/defining_code/code_string" } }
  - { name: system, with: { fhir: "$resource.category.coding.system", openehr: "${status}/defining_code/terminology_id" } }`,
    });
    expect(toFlat(both, resource)).toEqual({ [`${path}|code`]: "at0030", [`${path}|terminology`]: "local" });
  });
});

describe("a part of a coded text, read for FHIR", () => {
  it.each([
    ["$resource.category.coding.code", "defining_code/code_string", { coding: [{ code: "at0030" }] }],
    ["$resource.category.coding", "defining_code", { coding: [{ system: "local", code: "at0030" }] }],
    ["$resource.category.coding.system", "defining_code/terminology_id", { coding: [{ system: "local" }] }],
  ])("is what the path says: %s of %s", (fhir, tail, expected) => {
    expect(toResource(mapper(fhir, tail), flat)).toEqual({ resourceType: "Condition", category: [expected] });
  });
});
