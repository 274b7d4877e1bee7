import { describe, expect, it } from "vitest";
import { compileMapper, type Mapper } from "../../../src/engine/mapper.js";
import { v1Semantics } from "../../../src/engine/semantics.js";
import { firstBodyLine, toFlat, toResource, wardContext, wardModel, wardPlan } from "../fixtures/ward-mapper.js";
import { wardTemplate } from "../fixtures/ward-template.js";

const items = "$archetype/data[at0001]/items";

/** A model of conditions, read as v1.0.0. */
function mapperOf(methods: string): Mapper {
  const body = `mappings:\n${methods}`;
  const mappings = [wardModel({ name: "EVALUATION.problem.v1", type: "Condition", body })];
  return compileMapper({ template: wardTemplate, context: wardContext(mappings), mappings, semantics: "v1" });
}

const left = "ward/problem:0/left";
const right = "ward/problem:0/right";

describe("a literal that `&` joins to a FHIR path", () => {
  const mapper = mapperOf(
    `  - { name: id, with: { fhir: "'urn:uid:' & $resource.identifier.value & '^^^&amp'", openehr: "${items}[at0008 and name/value='Left']" } }`,
  );

  it("is taken off on the way to openEHR and put on on the way back", () => {
    const resource = { resourceType: "Condition", identifier: [{ value: "urn:uid:17^^^&amp" }] };
    const flat = { [left]: "17" };
    expect(toFlat(mapper, resource)).toEqual(flat);
    expect(toResource(mapper, flat)).toEqual(resource);
  });

  it("leaves a text without it as it is", () => {
    expect(toFlat(mapper, { resourceType: "Condition", identifier: [{ value: "17" }] })).toEqual({
      [left]: "17",
    });
  });
});

describe("a literal that `&` joins to an openEHR path", () => {
  const mapper = mapperOf(
    `  - { name: id, with: { fhir: "$resource.code.text", openehr: "'ID ' & ${items}[at0008 and name/value='Left']" } }`,
  );

  it("is put on on the way to openEHR and taken off on the way back", () => {
    const resource = { resourceType: "Condition", code: { text: "17" } };
    const flat = { [left]: "ID 17" };
    expect(toFlat(mapper, resource)).toEqual(flat);
    expect(toResource(mapper, flat)).toEqual(resource);
  });
});

describe("several paths that `&` joins", () => {
  it("give one text to openEHR", () => {
    const mapper = mapperOf(
      `  - { name: both, unidirectional: "fhir->openehr", with: { fhir: "$resource.code.text & ' of ' & $resource.bodySite.text", openehr: "${items}[at0008 and name/value='Left']" } }`,
    );
    const resource = { resourceType: "Condition", code: { text: "fracture" }, bodySite: [{ text: "arm" }] };
    expect(toFlat(mapper, resource)).toEqual({ [left]: "fracture of arm" });
  });

  it("give one text to FHIR, in which an absent one is empty", () => {
    const mapper = mapperOf(
      `  - { name: both, unidirectional: "openehr->fhir", with: { fhir: "$resource.code.text", openehr: "${items}[at0008 and name/value='Left'] & '/' & ${items}[at0008 and name/value='Right']" } }`,
    );
    expect(toResource(mapper, { [left]: "l", [right]: "r" })).toEqual({
      resourceType: "Condition",
      code: { text: "l/r" },
    });
    expect(toResource(mapper, { [right]: "r" })).toEqual({
      resourceType: "Condition",
      code: { text: "/r" },
    });
  });
});

describe("what cannot be joined", () => {
  it.each([
    ["$resource.code.text & $resource.bodySite.text", `${items}[at0002]`, "FHIR_PATH_NOT_CREATABLE"],
    ["$resource.code.text", `${items}[at0002] & ' ' & ${items}[at0007]`, "MAPPING_JOINED_PATHS_WRITTEN"],
    ["'x' & $resource.subject", `${items}[at0002]`, "MAPPING_LITERAL_WITHOUT_TEXT"],
    ["$resource.code.text", `'x' & ${items}[at0004]`, "MAPPING_LITERAL_WITHOUT_TEXT"],
  ])("is refused with file, line and rule: %s, %s", (fhir, openehr, code) => {
    const body = `mappings:\n  - { name: joined, with: { fhir: "${fhir}", openehr: "${openehr}" } }`;
    const { diagnostics } = wardPlan([{ name: "EVALUATION.problem.v1", type: "Condition", body }], v1Semantics);
    const position = expect.objectContaining({ line: firstBodyLine + 1 });
    expect(diagnostics).toContainEqual(expect.objectContaining({ severity: "error", code, rule: "joined", position }));
  });
});
