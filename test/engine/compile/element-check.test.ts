import { describe, expect, it } from "vitest";
import { firstBodyLine, wardMapper } from "../fixtures/ward-mapper.js";

/** What compiling says of the warnings' kind about one method, with its rule and line. */
function found(method: string) {
  const body = `mappings:\n  - { name: a, ${method} }`;
  const { diagnostics } = wardMapper({ name: "EVALUATION.problem.v1", type: "Condition", body });
  return diagnostics
    .filter(({ code }) => code !== "MAPPING_OCCURRENCES_OVERWRITTEN")
    .map(({ code, severity, rule, position, message }) => ({ code, severity, rule, line: position?.line, message }));
}

const left = `"$archetype/data[at0001]/items[at0008 and name/value='Left']"`;
const at = { severity: "warning", rule: "a", line: firstBodyLine + 1 };

describe("a FHIR path that can find nothing is a warning with line and rule where", () => {
  it.each([
    ["a cast names a type that FHIR lacks", "onset.ofType(Quantitty)", "FHIR_TYPE_IMPOSSIBLE", "Quantity"],
    ["a choice never has the type of a cast", "onset.ofType(boolean)", "FHIR_TYPE_IMPOSSIBLE", "never a boolean"],
    ["a reference never leads to the type", "subject.ofType(Medication).status", "FHIR_TYPE_IMPOSSIBLE", "Group"],
    ["nothing refers to anything", "code.resolve().text", "FHIR_PATH_IMPOSSIBLE", "refers to nothing"],
    ["an element is misspelt", "code.codng.code", "FHIR_ELEMENT_UNKNOWN", "coding"],
  ])("%s", (_, path, code, said) => {
    expect(found(`with: { fhir: "$resource.${path}", openehr: ${left} }`)).toEqual([
      { ...at, code, message: expect.stringContaining(said) },
    ]);
  });

  it("`resourceType` is misspelt, or no target of the reference", () => {
    const reference = (type: string) =>
      found(
        `with: { fhir: "$resource.subject", openehr: $reference }, reference: { resourceType: ${type}, mappings: [{ name: b, with: { fhir: id, openehr: ${left} } }] }`,
      );
    expect(reference("Patient")).toEqual([]);
    for (const type of ["Patiend", "Medication"])
      expect(reference(type)).toEqual([
        { ...at, code: "FHIR_TYPE_IMPOSSIBLE", message: expect.stringContaining("Patient") },
      ]);
  });
});

describe("a static type", () => {
  it.each(["NONE", "QUANTITY", "DV_TEXT", "DOSAGE", "DV_INTERVAL<DV_QUANTITY>"])("may be %s", (type) => {
    const children = "followedBy: { mappings: [{ name: b, manual: [{ name: m, fhir: [{ path: text, value: x }] }] }] }";
    const method = `with: { fhir: "$resource.code", openehr: ${left}, type: "${type}" }, ${children}`;
    expect(found(method).map(({ code }) => code)).not.toContain("MAPPING_TYPE_UNKNOWN");
  });

  it("that nobody knows is a warning with the nearest one", () => {
    expect(found(`with: { fhir: "$resource.code", openehr: ${left}, type: QUANTITTY }`)).toContainEqual({
      ...at,
      code: "MAPPING_TYPE_UNKNOWN",
      message: expect.stringContaining("`QUANTITY`"),
    });
  });
});
