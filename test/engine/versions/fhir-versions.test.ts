import { describe, expect, it } from "vitest";
import { compileMapper, type Mapper } from "../../../src/engine/mapper.js";
import type { JsonObject } from "../../../src/fhir/json.js";
import type { FhirVersion } from "../../../src/fhir/schema/fhir-schema.js";
import type { ContextMapping, ModelMapping } from "../../../src/fhirconnect/syntax/tree.js";
import { readFile, toFlat, toResource } from "../fixtures/ward-mapper.js";
import { wardTemplate } from "../fixtures/ward-template.js";

const name = "EVALUATION.problem.v1";
const items = "$archetype/data[at0001]/items";

/** A model of the ward's problems for one resource type, from pairs of a FHIR path and an at-code. */
function versionMapper(version: FhirVersion, type: string, pairs: Readonly<Record<string, string>>): Mapper {
  const methods = Object.entries(pairs).map(
    ([fhir, code]) => `  - { name: "${code}", with: { fhir: "$resource.${fhir}", openehr: "${items}[${code}]" } }\n`,
  );
  const spec = `spec: { system: FHIR, version: ${version}`;
  const model = readFile(
    `grammar: FHIRConnect/v1.0.0
type: model
metadata: { name: ${name}, version: 1.0.0 }
${spec}, openEhrConfig: { archetype: openEHR-EHR-${name} }, fhirConfig: { structureDefinition: "http://hl7.org/fhir/StructureDefinition/${type}" } }
mappings:
${methods.join("")}`,
    "model.yml",
  );
  const context = readFile(
    `grammar: FHIRConnect/v1.0.0
type: context
metadata: { name: ward.context, version: 1.0.0 }
${spec} }
context: { profile: { url: "http://example.org/ward" }, template: { id: Ward }, archetypes: [${name}], start: ${name} }
`,
    "context.yml",
  );
  return compileMapper({
    template: wardTemplate,
    context: context as ContextMapping,
    mappings: [model as ModelMapping],
  });
}

interface VersionCase {
  readonly version: FhirVersion;
  readonly pairs: Readonly<Record<string, string>>;
  readonly resource: JsonObject & { readonly resourceType: string };
  readonly flat: Readonly<Record<string, string | number | boolean>>;
}

const code = {
  coding: [{ system: "http://snomed.info/sct", code: "80146002", display: "Appendectomy" }],
  text: "Appendectomy",
};
const codeInFlat = {
  "ward/problem:0/diagnosis|code": "80146002",
  "ward/problem:0/diagnosis|terminology": "http://snomed.info/sct",
  "ward/problem:0/diagnosis|value": "Appendectomy",
};

/** Each uses elements that the other versions do not have, or have under another name or type. */
const cases: readonly VersionCase[] = [
  {
    version: "STU3",
    pairs: { code: "at0002", notDone: "at0005", performed: "at0004" },
    resource: { resourceType: "Procedure", notDone: true, code, performedDateTime: "2017-03-04T09:30:00+01:00" },
    flat: { ...codeInFlat, "ward/problem:0/confirmed": true, "ward/problem:0/onset": "2017-03-04T09:30:00" },
  },
  {
    version: "R4",
    pairs: { code: "at0002", performed: "at0004" },
    resource: { resourceType: "Procedure", code, performedDateTime: "2020-03-04T09:30:00+01:00" },
    flat: { ...codeInFlat, "ward/problem:0/onset": "2020-03-04T09:30:00" },
  },
  {
    version: "R4B",
    pairs: { code: "at0002" },
    resource: { resourceType: "NutritionProduct", code },
    flat: codeInFlat,
  },
  {
    version: "R5",
    pairs: { code: "at0002", reported: "at0005", occurrence: "at0004" },
    resource: {
      resourceType: "Procedure",
      code,
      occurrenceDateTime: "2024-03-04T09:30:00+01:00",
      reportedBoolean: true,
    },
    flat: { ...codeInFlat, "ward/problem:0/confirmed": true, "ward/problem:0/onset": "2024-03-04T09:30:00" },
  },
];

describe.each(cases)("FHIR $version", ({ version, pairs, resource, flat }) => {
  const mapper = versionMapper(version, resource.resourceType, pairs);

  it("is the version of the mapper", () => {
    expect(mapper.fhirVersion).toBe(version);
  });

  it("is mapped to openEHR", () => {
    expect(toFlat(mapper, resource)).toEqual(flat);
  });

  it("is mapped from openEHR", () => {
    expect(toResource(mapper, flat)).toEqual(resource);
  });
});

describe("an element of another FHIR version", () => {
  it.each([
    ["R4", "occurrence"],
    ["R4B", "notDone"],
    ["R5", "performed"],
    ["STU3", "reported"],
  ] as const)("is a warning with its place: %s does not have Procedure.%s", (version, path) => {
    const { diagnostics } = versionMapper(version, "Procedure", { code: "at0002", [path]: "at0004" });
    const position = expect.objectContaining({ file: "model.yml", line: 7 });
    const warning = { severity: "warning", code: "FHIR_ELEMENT_UNKNOWN", rule: "at0004", path, position };
    expect(diagnostics.filter(({ code }) => code === warning.code)).toEqual([expect.objectContaining(warning)]);
  });

  it.each([
    ["R4", "Procedure", "occurrence"],
    ["R4B", "Procedure", "notDone"],
    ["R5", "Procedure", "performed"],
    ["STU3", "Procedure", "reported"],
    ["R4", "NutritionProduct", "code"],
  ] as const)("is not written: %s does not have %s.%s", (version, type, path) => {
    const mapper = versionMapper(version, type, { [path]: "at0004" });
    const run = () => toResource(mapper, { "ward/problem:0/onset": "2024-03-04T09:30:00" });
    expect(run).toThrow(expect.objectContaining({ code: "MAPPING_WITHOUT_RESULT" }));
  });
});
