import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rangeOfText, rangeText } from "../../../src/engine/functions/range-text.js";
import { findProgrammedMapping, programmedMappings } from "../../../src/engine/functions/registry.js";

const shipped = [
  "timingToDaily",
  "timingNonDaily",
  "dosageQuantityToRange",
  "rangeToText",
  "ratio_to_dv_quantity",
  "ratio_to_dosage",
  "ratio_to_dosage_action",
  "dosageDurationToAdministrationDuration",
  "generateNarrative",
  "feederAudit",
];

describe("the registry of programmed mappings", () => {
  it.each(shipped)("has %s", (code) => {
    expect(findProgrammedMapping(code)).toHaveProperty("mapping.code", code);
  });

  it("has nothing else", () => {
    expect([...programmedMappings.keys()].sort()).toEqual([...shipped].sort());
  });

  it.each([
    "feederAudit(ward)",
    "feederAudit( 'ward west' )",
    "feederAudit()",
    "generateNarrative($resource.section, p)",
  ])("takes the arguments of %s", (text) => {
    expect(findProgrammedMapping(text)).toHaveProperty("mapping");
  });

  it.each([
    ["feederAudit(a, b)", /2 arguments/],
    ["rangeToText(x)", /1 arguments/],
    ["feederAudit(a", /parenthesis/],
    ["constructor", /no programmed mapping/],
  ])("says what is wrong with %s", (text, fault) => {
    expect(findProgrammedMapping(text)).toEqual({ fault: expect.stringMatching(fault) });
  });
});

describe("a Range in words", () => {
  const quantity = fc
    .record({
      value: fc.integer({ min: 0, max: 100_000 }).map((value) => value / 100),
      unit: fc.constantFrom("mg", "ml", "g/l"),
    })
    .map(({ value, unit }) => ({ value, unit, system: "http://unitsofmeasure.org", code: unit }));

  it("means the Range it was made from", () => {
    fc.assert(
      fc.property(fc.option(quantity, { nil: undefined }), fc.option(quantity, { nil: undefined }), (low, high) => {
        const range = { ...(low && { low }), ...(high && { high }) };
        const text = rangeText(range);
        expect(text === undefined ? {} : rangeOfText(text)).toEqual(range);
      }),
    );
  });

  it.each(["as needed", "2 - some", "-", ">= many", ""])("is not found in %j", (text) => {
    expect(rangeOfText(text)).toBeUndefined();
  });

  it("takes the unit of the other bound and a decimal comma", () => {
    expect(rangeOfText("1,5-2 MG")).toMatchObject({ low: { value: 1.5, unit: "mg" }, high: { value: 2, unit: "mg" } });
  });
});
