import { describe, expect, it } from "vitest";
import { compileMapper } from "../../../src/engine/mapper.js";
import { v1Semantics } from "../../../src/engine/semantics.js";
import type { JsonObject as FhirJson } from "../../../src/fhir/json.js";
import type { SemanticsName } from "../../../src/fhirconnect/dialect/semantics-setting.js";
import {
  firstBodyLine,
  toFlat,
  toResource,
  wardContext,
  wardModel,
  wardPlan,
  wardSettings,
} from "../fixtures/ward-mapper.js";
import { wardTemplate } from "../fixtures/ward-template.js";

const body = `mappings:
  - { name: code, with: { fhir: "$resource.code.text", openehr: "$archetype/data[at0001]/items[at0002]" } }
  - name: evidence
    with: { fhir: "$resource.evidence.detail", openehr: "$archetype/links" }
    link: { meaning: evidence, type: problem }
  - name: encounter
    with: { fhir: "$resource.encounter", openehr: "$archetype/links" }
    link: { meaning: contact, type: visit }
  - name: onElement
    with: { fhir: "$resource.stage.assessment", openehr: "$archetype/data[at0001]/items[at0002]/links" }
    link: { meaning: assessed by, type: issue }`;

function mapperReadAs(semantics: SemanticsName, text = body) {
  const mappings = [wardModel({ name: "EVALUATION.problem.v1", type: "Condition", body: text })];
  return compileMapper({ template: wardTemplate, context: wardContext(mappings), mappings, semantics });
}
const mapper = mapperReadAs("v1");

const link = (at: number) => `ward/problem:0/_link:${at}`;
const stored = { identifier: { system: "urn:ietf:rfc:3986", value: "ehr://h/e1/c1" } };
const code = { code: { text: "fever" } };

describe("a link", () => {
  it("is one entry of the list for each reference, behind those of earlier methods", () => {
    const evidence = [{ detail: [{ reference: "Observation/1" }, stored] }];
    const encounter = { reference: "Encounter/9" };
    expect(toFlat(mapper, { resourceType: "Condition", ...code, evidence, encounter })).toMatchObject({
      [`${link(0)}|target`]: "Observation/1",
      [`${link(0)}|meaning`]: "evidence",
      [`${link(0)}|type`]: "problem",
      [`${link(1)}|target`]: "ehr://h/e1/c1",
      [`${link(2)}|target`]: "Encounter/9",
      [`${link(2)}|type`]: "visit",
    });
  });

  it("comes back to the element of its type only, as reference or as identifier", () => {
    const flat = {
      "ward/problem:0/diagnosis|other": "fever",
      [`${link(0)}|target`]: "ehr://h/e1/c1",
      [`${link(0)}|meaning`]: "m",
      [`${link(0)}|type`]: "visit",
      [`${link(1)}|target`]: "https://other.example/Observation/1",
      [`${link(1)}|meaning`]: "m",
      [`${link(1)}|type`]: "problem",
      [`${link(2)}|target`]: "ehr://h/e1/c2",
      [`${link(2)}|meaning`]: "m",
      [`${link(2)}|type`]: "unknown",
    };
    expect(toResource(mapper, flat)).toEqual({
      resourceType: "Condition",
      ...code,
      encounter: stored,
      evidence: [{ detail: [{ reference: "https://other.example/Observation/1" }] }],
    });
  });

  it("of an ELEMENT, for which templates have no node, goes there and back", () => {
    const stage = [{ assessment: [{ reference: "ClinicalImpression/1" }, { reference: "Observation/2" }] }];
    const resource = { resourceType: "Condition", ...code, stage };
    const composition = mapper.toOpenEhr(resource, wardSettings).composition();
    expect(JSON.stringify(composition)).toContain('"target":{"_type":"DV_EHR_URI","value":"ClinicalImpression/1"}');
    const back = mapper.toFhir(mapper.readComposition(composition as FhirJson, wardSettings), wardSettings);
    expect(JSON.stringify(back)).toContain('"assessment":[{"reference":"Observation/2"}]');
    expect(JSON.stringify(back)).toContain('"assessment":[{"reference":"ClinicalImpression/1"}]');
  });

  it("to a contained resource is none, since that is nothing by itself", () => {
    const evidence = [{ detail: [{ reference: "#o" }] }];
    const contained = [{ resourceType: "Observation", id: "o", status: "final" }];
    expect(toFlat(mapper, { resourceType: "Condition", contained, ...code, evidence })).toEqual({
      "ward/problem:0/diagnosis|other": "fever",
    });
  });

  it("is not written where the files are read as openFHIR reads them", () => {
    const evidence = [{ detail: [{ reference: "Observation/1" }] }];
    expect(toFlat(mapperReadAs("openfhir"), { resourceType: "Condition", ...code, evidence })).toEqual({
      "ward/problem:0/diagnosis|other": "fever",
    });
  });
});

describe("a link that says neither meaning nor type", () => {
  const bare = (link: string, direction = "") => {
    const method = `  - { name: evidence, ${direction}with: { fhir: "$resource.evidence.detail", openehr: "$archetype/links" }, link: ${link} }`;
    return wardPlan([{ name: "EVALUATION.problem.v1", type: "Condition", body: `mappings:\n${method}` }], v1Semantics)
      .diagnostics;
  };

  it.each(["{}", `{ meaning: "" }`])("is an error with file, line, rule and what to write: %s", (link) => {
    expect(bare(link)).toContainEqual(
      expect.objectContaining({
        severity: "error",
        code: "MAPPING_LINK_INCOMPLETE",
        rule: "evidence",
        position: expect.objectContaining({ file: "EVALUATION.problem.v1.yml", line: firstBodyLine + 1 }),
        message: expect.stringContaining("link: { meaning: …, type: … }"),
      }),
    );
  });

  it("is none where no LINK is written", () => {
    expect(bare("{}", `unidirectional: "openehr->fhir", `)).toEqual([]);
  });

  it("takes one of the two for both", () => {
    const text = body.replace("link: { meaning: contact, type: visit }", "link: { type: visit }");
    const encounter = { reference: "Encounter/9" };
    expect(toFlat(mapperReadAs("v1", text), { resourceType: "Condition", ...code, encounter })).toMatchObject({
      [`${link(0)}|meaning`]: "visit",
      [`${link(0)}|type`]: "visit",
    });
  });
});
