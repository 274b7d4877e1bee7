import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasRule } from "../../../src/engine/datatypes/type-pairs.js";
import { openFhirSemantics, v1Semantics } from "../../../src/engine/semantics.js";
import { fhirSamples, rmSamples, toFhirElement, toRmValue } from "./data-type-samples.js";
import { measurePairs, type PairClaim } from "./measure-pairs.js";

const file = new URL("../../../docs/data-types.json", import.meta.url);
const { pairs } = JSON.parse(readFileSync(file, "utf8")) as { readonly pairs: readonly PairClaim[] };
const run = { timeZone: "UTC", semantics: openFhirSemantics };

describe("docs/data-types.json", () => {
  it("says of every pair what conversion there and back loses", () => {
    expect(pairs).toEqual(measurePairs());
  });

  it.each([
    ["toFhir", openFhirSemantics],
    ["toOpenEhr", openFhirSemantics],
    ["toFhir", v1Semantics],
    ["toOpenEhr", v1Semantics],
  ] as const)("lists just the pairs that the compiler lets pass, %s, $name", (direction, semantics) => {
    for (const openEhr of rmSamples.keys()) {
      for (const fhir of fhirSamples.keys()) {
        const listed = pairs.some(
          (pair) =>
            pair.openEhr === openEhr &&
            pair.fhir === fhir &&
            pair.direction === direction &&
            (pair.only === undefined || pair.only === semantics.name),
        );
        expect([openEhr, fhir, hasRule(openEhr, fhir, direction, semantics)]).toEqual([openEhr, fhir, listed]);
      }
    }
  });
});

describe("pairs called exact", () => {
  const isExact = (openEhr: string, fhir: string): boolean =>
    pairs.some(
      (pair) =>
        pair.openEhr === openEhr && pair.fhir === fhir && pair.fidelity === "exact" && pair.direction === "toFhir",
    );
  const numbers = fc.integer({ min: -1_000_000, max: 1_000_000 });
  const moments = fc
    .date({ min: new Date("1900-01-01"), max: new Date("2099-12-31"), noInvalidDate: true })
    .map((date) => date.toISOString());

  it.each([
    ["DV_COUNT", "integer", numbers.map((magnitude) => ({ magnitude }))],
    ["DV_BOOLEAN", "boolean", fc.boolean().map((value) => ({ value }))],
    ["DV_DATE", "date", moments.map((text) => ({ value: text.slice(0, 10) }))],
    ["DV_DATE", "dateTime", moments.map((text) => ({ value: text.slice(0, 10) }))],
    ["DV_TIME", "time", moments.map((text) => ({ value: text.slice(11, 19) }))],
    ["DV_DATE_TIME", "dateTime", moments.map((text) => ({ value: text.slice(0, 19) }))],
    [
      "DV_PROPORTION",
      "Ratio",
      fc
        .tuple(numbers, fc.integer({ min: 2, max: 99 }))
        .map(([numerator, denominator]) => ({ numerator, denominator, type: 3 })),
    ],
  ] as [string, string, fc.Arbitrary<Record<string, number | string | boolean>>][])(
    "%s comes back from %s unchanged",
    (rmType, fhirType, values) => {
      expect(isExact(rmType, fhirType)).toBe(true);
      fc.assert(
        fc.property(values, (attributes) => {
          const value = { _type: rmType, ...attributes };
          const carried = toFhirElement(value, fhirType, run);
          expect(toRmValue(carried ?? null, fhirType, rmType, run)).toEqual(value);
        }),
      );
    },
  );
});
