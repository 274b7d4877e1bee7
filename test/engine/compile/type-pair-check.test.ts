import { describe, expect, it } from "vitest";
import { openFhirSemantics, type Semantics, v1Semantics } from "../../../src/engine/semantics.js";
import { firstBodyLine, wardPlan } from "../fixtures/ward-mapper.js";

const items = "$archetype/data[at0001]/items";

/** What is said of the types of a method's two ends. */
function warnings(fhir: string, openehr: string, semantics: Semantics, direction = ""): readonly string[] {
  const method = `  - { name: pair, ${direction}with: { fhir: "$resource.${fhir}", openehr: "${openehr}" } }`;
  const { diagnostics } = wardPlan(
    [{ name: "EVALUATION.problem.v1", type: "Condition", body: `mappings:\n${method}` }],
    semantics,
  );
  const found = diagnostics.filter(({ code }) => code === "MAPPING_TYPES_WITHOUT_RULE");
  for (const { severity, rule, position } of found)
    expect([severity, rule, position?.line]).toEqual(["warning", "pair", firstBodyLine + 1]);
  return found.map(({ message }) => message);
}

describe("a method whose two ends have no common data type", () => {
  it("has one warning that names the types of both directions", () => {
    expect(warnings("verificationStatus", `${items}[at0005]`, openFhirSemantics)).toEqual([
      "There is no rule to make CodeableConcept of DV_BOOLEAN, nor to make DV_BOOLEAN of CodeableConcept; the method converts nothing.",
    ]);
  });

  it("has one for the direction in which it runs", () => {
    expect(
      warnings("verificationStatus", `${items}[at0005]`, openFhirSemantics, `unidirectional: openehr->fhir, `),
    ).toEqual([
      "There is no rule to make CodeableConcept of DV_BOOLEAN; the method converts nothing in this direction.",
    ]);
  });

  it.each([
    ["recorder", "$composition/composer"],
    ["onset.as(Period)", `${items}[at0004]`],
  ])("is told when only files read as v1.0.0 convert it: %s, %s", (fhir, openehr) => {
    const [only, ...others] = warnings(fhir, openehr, openFhirSemantics);
    expect(others).toEqual([]);
    expect(only?.match(/\(only in files read as v1\)/g)).toHaveLength(2);
    expect(warnings(fhir, openehr, v1Semantics)).toEqual([]);
  });
});
