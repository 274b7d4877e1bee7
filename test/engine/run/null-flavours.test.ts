import { describe, expect, it } from "vitest";
import { compileMapper } from "../../../src/engine/mapper.js";
import type { JsonObject } from "../../../src/fhir/json.js";
import type { SemanticsName } from "../../../src/fhirconnect/dialect/semantics-setting.js";
import { leftOutBecause } from "../../../src/openehr/building/left-out.js";
import { toFlat, wardContext, wardMapper, wardModel, wardSettings } from "../fixtures/ward-mapper.js";
import { wardTemplate } from "../fixtures/ward-template.js";

const onset = "ward/problem:0/onset";
const reasons = "http://terminology.hl7.org/CodeSystem/data-absent-reason";

/** A FHIR path paired with the null flavour of the onset; a coded status beside it, so that something is always mapped. */
function mapped(fhir: string, resource: JsonObject) {
  const mapper = wardMapper({
    name: "EVALUATION.problem.v1",
    type: "Condition",
    body: `mappings:
  - { name: status, with: { fhir: "$resource.clinicalStatus", openehr: "$archetype/data[at0001]/items[at0003]" } }
  - { name: reason, with: { fhir: "${fhir}", openehr: "$archetype/data[at0001]/items[at0004]/null_flavour" } }`,
  });
  const clinicalStatus = { coding: [{ system: "local", code: "at0030" }] };
  const flat = toFlat(mapper, { resourceType: "Condition", clinicalStatus, ...resource });
  return Object.fromEntries(Object.entries(flat).filter(([key]) => key.startsWith(onset)));
}

const masked = {
  [`${onset}/_null_flavour|code`]: "272",
  [`${onset}/_null_flavour|value`]: "masked",
  [`${onset}/_null_flavour|terminology`]: "openehr",
};

describe("a value mapped to a null flavour", () => {
  it("is taken for a reason when it is a concept", () => {
    const severity = { coding: [{ system: reasons, code: "asked-declined" }] };
    expect(mapped("$resource.severity", { severity })).toEqual(masked);
  });

  it("is taken for a reason when it is a code or a text", () => {
    expect(mapped("$resource.severity.text", { severity: { text: "masked" } })).toEqual(masked);
  });

  it("is taken for a reason when an extension holds it", () => {
    const extension = [{ url: "urn:reason", valueCode: "not-permitted" }];
    expect(mapped("$resource.extension", { extension })).toEqual(masked);
  });

  it("is nothing when its code is of another system and there is no text", () => {
    const severity = { coding: [{ system: "urn:other", code: "masked" }] };
    expect(mapped("$resource.severity", { severity })).toEqual({});
  });
});

describe("a reason for absence beside a value", () => {
  it("takes the place of the value, which is told", () => {
    const mapper = wardMapper({
      name: "EVALUATION.problem.v1",
      type: "Condition",
      body: `mappings:
  - { name: onset, with: { fhir: "$resource.recordedDate", openehr: "$archetype/data[at0001]/items[at0004]" } }
  - { name: reason, with: { fhir: "$resource.severity", openehr: "$archetype/data[at0001]/items[at0004]/null_flavour" } }`,
    });
    const told: unknown[] = [];
    const resource = { resourceType: "Condition", recordedDate: "2024-01-01", severity: { text: "masked" } };
    const composition = mapper.toOpenEhr(resource, wardSettings).composition((...one) => told.push(one));
    expect(JSON.stringify(composition)).not.toContain("2024-01-01");
    expect(told).toEqual([[expect.stringMatching(/items\[at0004\]\/value$/), leftOutBecause.nullFlavour]]);
  });
});

describe("a reason for absence where conditions or a cast leave nothing", () => {
  const reason = { url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason", valueCode: "masked" };
  const onlyLocal =
    "{ targetRoot: $resource.bodySite, targetAttribute: coding.system, operator: one of, criteria: local }";

  function found(method: string, resource: JsonObject, semantics?: SemanticsName) {
    const model = wardModel({
      name: "EVALUATION.problem.v1",
      type: "Condition",
      body: `mappings:
  - { name: status, with: { fhir: "$resource.clinicalStatus", openehr: "$archetype/data[at0001]/items[at0003]" } }
  - { name: one, ${method} }`,
    });
    const source = { template: wardTemplate, context: wardContext([model]), mappings: [model] };
    const mapper = compileMapper({ ...source, ...(semantics !== undefined && { semantics }) });
    const clinicalStatus = { coding: [{ system: "local", code: "at0030" }] };
    const flat = toFlat(mapper, { resourceType: "Condition", clinicalStatus, ...resource });
    return Object.entries(flat).flatMap(([key, value]) => (key.endsWith("_null_flavour|value") ? [key, value] : []));
  }
  const at = (item: string) => `"$archetype/data[at0001]/items[${item}]"`;
  const coded = `with: { fhir: "$resource.bodySite", openehr: ${at("at0002")} }, fhirCondition: ${onlyLocal}`;

  it("is found on an element that the condition leaves out", () => {
    expect(found(coded, { bodySite: [{ extension: [reason] }] })).toEqual([
      "ward/problem:0/diagnosis/_null_flavour|value",
      "masked",
    ]);
  });

  it("is overlooked while another element passes the condition", () => {
    const bodySite = [{ extension: [reason] }, { coding: [{ system: "local", code: "at0031" }] }];
    expect(found(coded, { bodySite })).toEqual([]);
  });

  it("is overlooked when a condition on the method as a whole fails", () => {
    const absent = "{ targetRoot: $resource, targetAttribute: severity, operator: not empty }";
    const method = `with: { fhir: "$resource.bodySite", openehr: ${at("at0002")} }, fhirCondition: ${absent}`;
    expect(found(method, { bodySite: [{ extension: [reason] }] })).toEqual([]);
  });

  it("is found on an element of another type than the cast at the end of the path asks for", () => {
    const method = `with: { fhir: "$resource.onset.as(DateTime)", openehr: ${at("at0004")} }`;
    expect(found(method, { onsetAge: { extension: [reason] } })).toEqual([
      "ward/problem:0/onset/_null_flavour|value",
      "masked",
    ]);
  });

  it("is found where a method only leads on to constants", () => {
    const constants = "manual: [{ name: c, openehr: [{ path: defining_code/code_string, value: at0031 }] }]";
    const method = `with: { fhir: "$resource.subject.display", openehr: ${at("at0002")} }, ${constants}`;
    expect(found(method, { subject: { _display: { extension: [reason] } } })).toEqual([
      "ward/problem:0/diagnosis/_null_flavour|value",
      "masked",
    ]);
  });

  it("counts under v1 semantics only on what the path reaches", () => {
    expect(found(coded, { bodySite: [{ extension: [reason] }] }, "v1")).toEqual([]);
  });
});
