import { describe, expect, it } from "vitest";
import { readMapping } from "../../../src/fhirconnect/syntax/read-mapping.js";
import { lines, modelText, readMethodText, readModelText } from "../mapping-text.js";

const rewritesOf = (text: string): readonly string[] =>
  lines(readMapping(text).diagnostics.filter(({ code }) => code === "MAPPING_REWRITTEN"));

const conditionOf = (condition: string) => {
  const method = `  - { name: a, with: { fhir: $resource }, fhirCondition: { targetRoot: $resource, ${condition} } }`;
  return {
    condition: readMethodText(method).fhirConditions[0],
    rewrites: rewritesOf(modelText(`mappings:\n${method}`)),
  };
};

describe("what dialects spell otherwise", () => {
  it.each(["openEHR", "openEhr"])("reads the key %s as openehr and notes it", (spelling) => {
    const method = `  - name: a\n    with:\n      fhir: $resource\n      ${spelling}: $archetype`;
    expect(readMethodText(method).with?.openehr?.value).toBe("$archetype");
    expect(rewritesOf(modelText(`mappings:\n${method}`))).toEqual(["note MAPPING_REWRITTEN line 15, column 7"]);
  });

  it("reads root `mapping` as `mappings`", () => {
    const text = modelText("mapping:\n  - { name: a, with: { fhir: $resource } }");
    expect(readModelText(text).mappings).toHaveLength(1);
    expect(rewritesOf(text)).toEqual(["note MAPPING_REWRITTEN line 11, column 1"]);
  });

  it("reads `engine` as `grammar`", () => {
    const text = modelText("mappings: []").replace("grammar:", "engine:");
    expect(readModelText(text).grammar.value).toBe("FHIRConnect/v1.0.0");
    expect(rewritesOf(text)).toEqual(["note MAPPING_REWRITTEN line 1, column 1"]);
  });

  it("moves `link` and `unidirectional` out of `with`", () => {
    const method = `  - name: a
    with:
      openehr: $archetype/links
      link: { meaning: the case, type: case }
      unidirectional: fhir->openehr`;
    const { link, unidirectional } = readMethodText(method);
    expect(link?.type?.value).toBe("case");
    expect(unidirectional?.value).toBe("fhir->openehr");
    expect(rewritesOf(modelText(`mappings:\n${method}`))).toEqual([
      "warning MAPPING_REWRITTEN line 16, column 7",
      "warning MAPPING_REWRITTEN line 15, column 7",
    ]);
  });

  it("moves `preprocessor` out of `spec`", () => {
    const guard = "  preprocessor: { fhirCondition: { targetRoot: $resource, operator: not empty } }";
    const text = modelText(`${guard}\nmappings: []`);
    expect(readModelText(text).preprocessor?.fhirConditions[0]?.operator.value).toBe("not empty");
    expect(rewritesOf(text)).toEqual(["warning MAPPING_REWRITTEN line 11, column 19"]);
  });

  it("reads `fhirConfig.condition` of v0.9 as the guard of the file", () => {
    const guard =
      "    condition: { targetRoot: $resource, targetAttribute: status, operator: one of, criteria: final }";
    expect(readModelText(modelText(`${guard}\nmappings: []`)).preprocessor?.fhirConditions[0]?.criteria[0]?.value).toBe(
      "final",
    );
  });

  it.each(["not in", "not contains"])("reads the operator `%s` as `not of` and keeps what was written", (written) => {
    const { condition, rewrites } = conditionOf(`targetAttribute: status, operator: ${written}, criteria: final`);
    expect(condition?.operator.value).toBe("not of");
    expect(condition?.writtenOperator).toBe(written);
    expect(rewrites).toHaveLength(1);
  });

  it("reads `criterias` as `criteria`", () => {
    const { condition, rewrites } = conditionOf("operator: one of, criterias: [a, b]");
    expect(condition?.criteria.map(({ value }) => value)).toEqual(["a", "b"]);
    expect(rewrites).toHaveLength(1);
  });

  it("splits a bracketed text, drops code system prefixes and marks the condition", () => {
    const { condition } = conditionOf('operator: one of, criteria: "[$snomed.276885007, $loinc.8310-5]"');
    expect(condition?.criteria.map(({ value }) => value)).toEqual(["276885007", "8310-5"]);
    expect(condition?.bracketed).toBe(true);
  });

  it("leaves a criterion alone that only contains brackets", () => {
    const { condition, rewrites } = conditionOf("operator: one of, criteria: 'items[at0001]'");
    expect(condition?.criteria[0]?.value).toBe("items[at0001]");
    expect(condition?.bracketed).toBeUndefined();
    expect(rewrites).toEqual([]);
  });

  it("reads directions in any case", () => {
    const method = "  - { name: a, unidirectional: openEHR->fhir, with: { fhir: $resource } }";
    expect(readMethodText(method).unidirectional?.value).toBe("openehr->fhir");
    expect(rewritesOf(modelText(`mappings:\n${method}`))).toEqual(["note MAPPING_REWRITTEN line 12, column 32"]);
  });

  it("reads a single map of constants as a list of one", () => {
    const method = "  - { name: a, manual: { name: m, fhir: { path: status, value: final } } }";
    expect(readMethodText(method).manual[0]?.fhir[0]?.value.value).toBe("final");
    expect(rewritesOf(modelText(`mappings:\n${method}`))).toHaveLength(2);
  });

  it("gives `terminology.conceptmap` as `conceptmap`", () => {
    const method = "  - { name: a, terminology: { type: conceptmap, conceptmap: urn:example:map } }";
    expect(readMethodText(method).conceptmap?.value).toBe("urn:example:map");
  });

  it("reads empty `mappings` as an empty list", () => {
    const { mapping, diagnostics } = readMapping(modelText("mappings:"));
    expect(mapping?.type === "model" && mapping.mappings).toEqual([]);
    expect(lines(diagnostics)).toEqual(["note MAPPING_WITHOUT_METHODS line 11, column 1"]);
  });
});

describe("forms the language allows side by side", () => {
  it("takes one condition or several, in singular and plural, for both sides", () => {
    const one = "{ targetRoot: $resource, operator: empty }";
    const method = readMethodText(`  - name: a
    with: { fhir: $resource }
    fhirCondition: [${one}, ${one}]
    fhirConditions: ${one}
    openehrCondition: { targetRoot: $archetype, targetAttributes: [a, b], operator: empty }`);
    expect(method.fhirConditions).toHaveLength(3);
    expect(method.openehrConditions[0]?.targetAttributes.map(({ value }) => value)).toEqual(["a", "b"]);
  });

  it("lets the singular criterion win over the plural one, and says so", () => {
    const text = modelText(
      "mappings:\n  - { name: a, fhirCondition: { targetRoot: $resource, operator: one of, criteria: x, criterias: [y] } }",
    );
    expect(readModelText(text).mappings[0]?.fhirConditions[0]?.criteria.map(({ value }) => value)).toEqual(["x"]);
    expect(lines(readMapping(text).diagnostics)).toContain("warning MAPPING_KEY_WITHOUT_EFFECT line 12, column 98");
  });

  it("keeps the text of unquoted numbers, booleans and dates", () => {
    const method = readMethodText(
      "  - name: a\n    manual:\n      - { name: m, fhir: [{ path: a, value: 012 }, { path: b, value: 1.50 }, { path: c, value: True }, { path: d, value: 2024-01-05 }] }",
    );
    expect(method.manual[0]?.fhir.map(({ value }) => value.value)).toEqual(["012", "1.50", "True", "2024-01-05"]);
  });

  it("takes an empty path for the element itself", () => {
    const method = readMethodText(
      '  - { name: a, manual: [{ name: m, fhir: [{ path: "", value: x }, { path: , value: y }] }] }',
    );
    expect(method.manual[0]?.fhir.map(({ path }) => path.value)).toEqual(["", ""]);
  });

  it("reads JSON with tabs and a byte order mark", () => {
    const document = {
      grammar: "FHIRConnect/v1.0.0",
      type: "context",
      metadata: { name: "ward.context", version: "1.0.0" },
      spec: { system: "FHIR", version: "R4B" },
      context: { profile: { url: "" }, template: { id: "Ward" }, archetypes: ["a"], extensions: null, start: "a" },
    };
    const { mapping } = readMapping(`\uFEFF${JSON.stringify(document, null, "\t")}`);
    expect(mapping?.type === "context" && mapping.start).toEqual({ value: "a", position: { line: 23, column: 12 } });
  });

  it("accepts keys that have no effect here, and says so", () => {
    const { diagnostics } = readMapping(
      modelText("mappings:\n  - { name: a, with: { fhir: $resource }, type: CODING, slotContext: x, description: y }"),
    );
    expect(lines(diagnostics)).toEqual([
      "warning MAPPING_KEY_WITHOUT_EFFECT line 12, column 43",
      "warning MAPPING_KEY_WITHOUT_EFFECT line 12, column 57",
      "note MAPPING_KEY_WITHOUT_EFFECT line 12, column 73",
    ]);
  });
});
