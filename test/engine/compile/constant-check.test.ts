import { describe, expect, it } from "vitest";
import { firstBodyLine, wardPlan } from "../fixtures/ward-mapper.js";

/** What is said of the constants of an entry. */
function warnings(entry: string) {
  const method = `  - name: fixed
    with: { fhir: "$resource", openehr: "$archetype" }
    manual: [{ name: m, ${entry} }]`;
  const { diagnostics } = wardPlan([
    { name: "EVALUATION.problem.v1", type: "Condition", body: `mappings:\n${method}` },
  ]);
  return diagnostics.filter(({ code }) => code === "MAPPING_CONSTANT_UNFIT");
}

const openEhr = (path: string, value: string) => `openehr: [{ path: "${path}", value: "${value}" }]`;
const fhir = (path: string, value: string) => `fhir: [{ path: "${path}", value: "${value}" }]`;
const at = (node: string) => `data[at0001]/items[${node}]`;

describe("a constant that nothing can be made of at its place", () => {
  it.each([
    [openEhr(at("at0005"), "perhaps"), "DV_BOOLEAN"],
    [openEhr(at("at0006"), "many"), "DV_COUNT"],
    [openEhr(at("at0007"), "yesterday"), "DV_DATE"],
    [fhir("onset.as(Age).value", "old"), "decimal"],
    [fhir("stage", "II"), "Condition.stage"],
    [fhir("onset.as(Period)", "2024"), "Period"],
  ])("has a warning with file, line, rule, path and types: %s", (entry, types) => {
    expect(warnings(entry)).toEqual([
      expect.objectContaining({
        severity: "warning",
        rule: "fixed.m",
        path: expect.any(String),
        message: expect.stringContaining(`where ${types} stands`),
        position: expect.objectContaining({ file: "EVALUATION.problem.v1.yml", line: firstBodyLine + 3 }),
      }),
    ]);
  });

  it.each([
    openEhr(at("at0002"), "fever"),
    openEhr(`${at("at0003")}/defining_code/code_string`, "at0030"),
    openEhr(at("at0004"), "2024-06-01T10:00:00"),
    openEhr(at("at0005"), "true"),
    openEhr(at("at0006"), "3"),
    fhir("onset.as(Age).value", "3"),
    fhir("onset", "childhood"),
    fhir("verificationStatus.coding.code", "confirmed"),
    fhir("extension('urn:x').value", "yes"),
    fhir("subject.display", "Ann"),
  ])("has none where it fits: %s", (entry) => {
    expect(warnings(entry)).toEqual([]);
  });
});
