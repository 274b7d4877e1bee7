import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FhirData } from "../../../src/engine/datatypes/fhir-data.js";
import type { ProgrammedMapping, ProgrammedPlace } from "../../../src/engine/functions/programmed-mapping.js";
import { findProgrammedMapping } from "../../../src/engine/functions/registry.js";
import type { JsonObject, JsonValue } from "../../../src/fhir/json.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import { fhirNode, runIn } from "../fixtures/fhir-node.js";

const run = runIn("UTC");

/** A place in memory where every node takes every class. */
class Place implements ProgrammedPlace {
  readonly written = new Map<string, RmObject>();
  write(nodeIds: readonly string[], value: RmObject): boolean {
    this.written.set(nodeIds.join("/"), value);
    return true;
  }
  writeAttribute(): boolean {
    return false;
  }
  read(nodeIds: readonly string[]): RmObject | undefined {
    return this.written.get(nodeIds.join("/"));
  }
  clear(nodeIds: readonly string[]): void {
    this.written.delete(nodeIds.join("/"));
  }
}

function program(code: string): ProgrammedMapping {
  const found = findProgrammedMapping(code);
  if (!("mapping" in found)) throw new Error(found.fault);
  return found.mapping;
}

/** What a FHIR value is after a program has carried it to openEHR and back. */
function thereAndBack(code: string, type: string, value: JsonValue): FhirData["value"] | undefined {
  const mapping = program(code);
  const place = new Place();
  if (!mapping.toOpenEhr(fhirNode(type, value), place, run)) return undefined;
  const values = (nodeIds: readonly string[]) => [place.read(nodeIds)].filter((one) => one !== undefined);
  return mapping.toFhir({ value: place.read([]), values }, run)?.value;
}

const system = "http://unitsofmeasure.org";
const ucum = (value: number, unit: string): JsonObject => ({ value, unit, system, code: unit });
/** Amounts as people write them: no more than four digits behind the point. */
const amounts = fc.integer({ min: 1, max: 100_000_000 }).map((tenThousandths) => tenThousandths / 10_000);
const signed = fc.tuple(amounts, fc.boolean()).map(([amount, negative]) => (negative ? -amount : amount));
const units = fc.constantFrom("mg", "ml", "10*3/ul", "mg/kg", "[iu]", "a-b", "%");
const timeUnits = fc.constantFrom("d", "h", "min", "s");

describe("what programs carry to openEHR comes back:", () => {
  const bounds = fc.option(fc.tuple(signed, units), { nil: undefined });

  it.each(["dosageQuantityToRange", "rangeToText"])("bounds of a range, each on its own as well, by %s", (code) => {
    fc.assert(
      fc.property(bounds, bounds, (low, high) => {
        const range: JsonObject = {
          ...(low !== undefined && { low: ucum(...low) }),
          ...(high !== undefined && { high: ucum(...high) }),
        };
        const isEmpty = low === undefined && high === undefined;
        expect(thereAndBack(code, "Range", range)).toEqual(isEmpty ? undefined : range);
      }),
    );
  });

  it("a quantity in the place of a range", () => {
    fc.assert(
      fc.property(signed, units, (value, unit) => {
        expect(thereAndBack("dosageQuantityToRange", "Quantity", ucum(value, unit))).toEqual(ucum(value, unit));
      }),
    );
  });

  it("units of a range in words, in lower case", () => {
    expect(thereAndBack("rangeToText", "Range", { low: ucum(1, "mL") })).toEqual({ low: ucum(1, "ml") });
  });

  it("the amount for one unit of a ratio, however it was split", () => {
    const [above, below] = [fc.constantFrom("mg", "mL", "mg/kg", ""), fc.constantFrom("h", "d", "kg", "")];
    fc.assert(
      fc.property(amounts, amounts, above, below, (numerator, denominator, unit, per) => {
        const quantity = (value: number, code: string) => (code === "" ? { value } : ucum(value, code));
        const ratio = { numerator: quantity(numerator, unit), denominator: quantity(denominator, per) };
        const back = thereAndBack("ratio_to_dv_quantity", "Ratio", ratio) as { numerator: { value: number } };
        if (per === "" && unit.includes("/")) return; // nothing tells whose unit it is
        expect(back).toMatchObject({
          numerator: quantity(back.numerator.value, unit),
          denominator: quantity(1, per),
        });
        expect(back.numerator.value * denominator).toBeCloseTo(numerator, 6);
      }),
    );
  });

  it.each([
    ["ratio_to_dosage", amounts],
    // The duration is written in whole units of time.
    ["ratio_to_dosage_action", fc.integer({ min: 1, max: 100_000 })],
  ] as const)("rate and duration of a dosage, by %s", (code, denominators) => {
    fc.assert(
      fc.property(amounts, denominators, fc.constantFrom("h", "min", "s"), (numerator, denominator, per) => {
        const ratio = { numerator: ucum(numerator, "ml"), denominator: ucum(denominator, per) };
        const back = thereAndBack(code, "Ratio", ratio) as { numerator: { value: number } };
        expect(back).toMatchObject({ numerator: { code: "ml" }, denominator: ratio.denominator });
        expect(back.numerator.value).toBeCloseTo(numerator, 6);
      }),
    );
  });

  it("the length of a dosage", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), timeUnits, (duration, durationUnit) => {
        const repeat = { duration, durationUnit };
        expect(thereAndBack("dosageDurationToAdministrationDuration", "Timing", { repeat })).toEqual({ repeat });
      }),
    );
  });

  it("the length of a dosage that is no whole number of its units, in another unit", () => {
    const seconds = { d: 86_400, h: 3_600, min: 60, s: 1 };
    fc.assert(
      fc.property(amounts, timeUnits, (duration, durationUnit) => {
        const repeat = { duration, durationUnit };
        const back = thereAndBack("dosageDurationToAdministrationDuration", "Timing", { repeat }) as {
          readonly repeat: { readonly duration: number; readonly durationUnit: keyof typeof seconds };
        };
        const length = back.repeat.duration * seconds[back.repeat.durationUnit];
        expect(length).toBeCloseTo(duration * seconds[durationUnit], 3);
      }),
    );
  });

  const times = fc.integer({ min: 0, max: 86_399 }).map((at) => new Date(at * 1000).toISOString().slice(11, 19));
  const counts = fc.integer({ min: 1, max: 50 });

  it("frequency, period and first time of a daily timing", () => {
    fc.assert(
      fc.property(counts, counts, counts, timeUnits, fc.option(times), (frequency, more, period, periodUnit, time) => {
        const repeat = {
          frequency,
          ...(more > 1 && { frequencyMax: frequency + more }),
          period,
          periodUnit,
          ...(time !== null && { timeOfDay: [time] }),
        };
        expect(thereAndBack("timingToDaily", "Timing", { repeat })).toEqual({ repeat });
      }),
    );
  });

  it("period and first time of another timing", () => {
    fc.assert(
      fc.property(counts, fc.constantFrom("d", "wk", "mo", "a"), times, (period, periodUnit, time) => {
        const repeat = { period, periodUnit, timeOfDay: [time] };
        expect(thereAndBack("timingNonDaily", "Timing", { repeat })).toEqual({ repeat });
      }),
    );
  });
});

describe("what programs cannot carry is not made up:", () => {
  it.each([
    ["rangeToText", "Range", {}],
    ["ratio_to_dv_quantity", "Ratio", { numerator: ucum(1, "mg"), denominator: ucum(0, "h") }],
    ["ratio_to_dosage", "Ratio", { numerator: ucum(1, "ml"), denominator: ucum(1, "wk") }],
    ["timingToDaily", "Timing", { repeat: { period: 1, periodUnit: "wk" } }],
    ["timingNonDaily", "Timing", { repeat: { period: 1, periodUnit: "h" } }],
    ["dosageDurationToAdministrationDuration", "Timing", { repeat: { duration: 1, durationUnit: "mo" } }],
  ] as [string, string, JsonValue][])("%s of a %s", (code, type, value) => {
    expect(program(code).toOpenEhr(fhirNode(type, value), new Place(), run)).toBe(false);
  });

  it("an amount that is no volume leaves the duration of a dosage, without a rate", () => {
    const place = new Place();
    const ratio = { numerator: ucum(150, "mg"), denominator: ucum(3, "h") };
    expect(program("ratio_to_dosage").toOpenEhr(fhirNode("Ratio", ratio), place, run)).toBe(true);
    expect([...place.written.values()]).toEqual([{ _type: "DV_DURATION", value: "PT3H" }]);
  });

  it.each(["as needed", "2-4-6 mg", "mg", "- 2"])("words without a range: %s", (text) => {
    const source = { value: { _type: "DV_TEXT", value: text }, values: () => [] };
    expect(program("rangeToText").toFhir(source, run)).toBeUndefined();
  });
});
