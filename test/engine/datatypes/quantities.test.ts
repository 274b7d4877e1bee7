import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dvBoolean } from "../../../src/engine/datatypes/dv-boolean.js";
import { dvCount } from "../../../src/engine/datatypes/dv-count.js";
import { dvOrdinal, dvScale } from "../../../src/engine/datatypes/dv-ordinal.js";
import { dvProportion } from "../../../src/engine/datatypes/dv-proportion.js";
import { dvQuantity } from "../../../src/engine/datatypes/dv-quantity.js";
import type { JsonValue } from "../../../src/fhir/json.js";
import type { RmObject } from "../../../src/openehr/rm/rm-object.js";
import type { TemplateNode } from "../../../src/openehr/template/template.js";
import { descendants } from "../../../src/openehr/template/template-paths.js";
import { fhirNode, openFhirRunIn, runIn } from "../fixtures/fhir-node.js";
import { wardTemplate } from "../fixtures/ward-template.js";
import { toFhirElement } from "./data-type-samples.js";

const utc = runIn("UTC");
const today = openFhirRunIn("UTC");
const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
const units = fc.constantFrom("mm[Hg]", "kg", "Cel", "/min", "1", "%");

describe("a DV_QUANTITY", () => {
  const toOpenEhr = (type: string, value: JsonValue) => dvQuantity.toOpenEhr(fhirNode(type, value), utc);

  it("comes back from a Quantity", () => {
    fc.assert(
      fc.property(numbers, units, (magnitude, unit) => {
        const value = { _type: "DV_QUANTITY", magnitude, units: unit };
        const fhir = dvQuantity.toFhir(value, utc);
        expect(fhir).toEqual({
          type: "Quantity",
          value: { value: magnitude, unit, system: "http://unitsofmeasure.org", code: unit },
        });
        expect(toOpenEhr("Quantity", fhir?.value ?? null)).toEqual(value);
      }),
    );
  });

  it("keeps nought as a number", () => {
    expect(dvQuantity.toFhir({ _type: "DV_QUANTITY", magnitude: 0, units: "kg" }, utc)?.value).toMatchObject({
      value: 0,
    });
    expect(toOpenEhr("Quantity", { value: 0, code: "kg" })).toMatchObject({ magnitude: 0 });
  });

  it("takes the code of the unit, else its name", () => {
    expect(toOpenEhr("Quantity", { value: 1, unit: "kilos", code: "kg" })?.units).toBe("kg");
    expect(toOpenEhr("Quantity", { value: 1, unit: "kg" })?.units).toBe("kg");
  });

  it.each(["<", "<=", ">=", ">"])("keeps that the value is only a bound: %s", (comparator) => {
    const value = { _type: "DV_QUANTITY", magnitude_status: comparator, magnitude: 5, units: "mg" };
    const fhir = dvQuantity.toFhir(value, utc);
    expect(fhir?.value).toMatchObject({ value: 5, comparator });
    expect(toOpenEhr("Quantity", fhir?.value ?? null)).toEqual(value);
  });

  it.each(["=", "~"])("has no comparator for the magnitude status %s", (status) => {
    const value = { _type: "DV_QUANTITY", magnitude_status: status, magnitude: 5, units: "mg" };
    expect(dvQuantity.toFhir(value, utc)?.value).not.toHaveProperty("comparator");
  });

  it.each(["SimpleQuantity", "Age", "Distance", "Duration"])("takes a %s as it takes a Quantity", (type) => {
    expect(toOpenEhr(type, { value: 4, code: "a" })).toEqual({ _type: "DV_QUANTITY", magnitude: 4, units: "a" });
  });

  it("takes the numerator of a Ratio", () => {
    const ratio = { numerator: { value: 4, code: "mg" }, denominator: { value: 1, code: "mL" } };
    expect(toOpenEhr("Ratio", ratio)).toEqual({ _type: "DV_QUANTITY", magnitude: 4, units: "mg" });
  });

  it.each([
    ["decimal", 4.5],
    ["integer", 4],
    ["string", " 4.5 "],
  ] as [string, JsonValue][])("takes the number in a %s", (type, value) => {
    const magnitude = Number(value);
    expect(toOpenEhr(type, value)).toEqual({ _type: "DV_QUANTITY", magnitude, units: "1" });
    expect(dvQuantity.toOpenEhr(fhirNode(type, value), today)).toEqual({ _type: "DV_QUANTITY", magnitude });
  });

  it("gives a number no unit that the template does not have", () => {
    const rate = [...descendants(wardTemplate.root)].find((node) => node.rmType === "DV_QUANTITY") as TemplateNode;
    const inputs = [{ suffix: "unit", type: "CODED_TEXT" as const, list: [{ value: "/min" }] }];
    expect(dvQuantity.toOpenEhr(fhirNode("decimal", 4.5), utc, { ...rate, inputs })).not.toHaveProperty("units");
  });

  it("keeps system and name of a unit, and gives them back", () => {
    const words = fc.constantFrom("tablets", "tab", "TAB");
    const systems = fc.constantFrom("http://unitsofmeasure.org", "urn:units");
    fc.assert(
      fc.property(numbers, words, words, systems, (value, unit, code, system) => {
        const quantity = { value, unit, system, code };
        const written = toOpenEhr("Quantity", quantity) as RmObject;
        expect(written.units_system).toBe(system === "urn:units" ? system : undefined);
        expect(dvQuantity.toFhir(written, utc)?.value).toEqual(quantity);
      }),
    );
  });

  it("knows of UCUM only, as today's engine has it", () => {
    const written = dvQuantity.toOpenEhr(
      fhirNode("Quantity", { value: 1, unit: "tablets", system: "urn:units", code: "TAB" }),
      today,
    );
    expect(written).toEqual({ _type: "DV_QUANTITY", magnitude: 1, units: "TAB" });
    const named = { ...written, units_display_name: "tablets", units_system: "urn:units" } as RmObject;
    expect(dvQuantity.toFhir(named, today)?.value).toMatchObject({
      unit: "TAB",
      system: "http://unitsofmeasure.org",
    });
  });

  it.each([
    ["Quantity", {}],
    ["Ratio", {}],
    ["string", "four"],
    ["string", ""],
    ["boolean", true],
    ["CodeableConcept", { text: "4" }],
  ] as [string, JsonValue][])("is not made of a %s: %j", (type, value) => {
    expect(toOpenEhr(type, value)).toBeUndefined();
  });
});

describe("a DV_COUNT", () => {
  const toOpenEhr = (type: string, value: JsonValue) => dvCount.toOpenEhr(fhirNode(type, value), utc);

  it("comes back from an integer", () => {
    fc.assert(
      fc.property(fc.integer(), (magnitude) => {
        const value = { _type: "DV_COUNT", magnitude };
        expect(dvCount.toFhir(value, utc)).toEqual({ type: "integer", value: magnitude });
        for (const type of ["integer", "positiveInt", "unsignedInt"]) expect(toOpenEhr(type, magnitude)).toEqual(value);
        expect(toOpenEhr("Quantity", { value: magnitude })).toEqual(value);
        expect(toOpenEhr("decimal", magnitude)).toEqual(value);
      }),
    );
  });

  it("is made of the text of a whole number, and of no other text", () => {
    expect(toOpenEhr("string", " 12 ")).toEqual({ _type: "DV_COUNT", magnitude: 12 });
    expect(toOpenEhr("markdown", "-3")).toEqual({ _type: "DV_COUNT", magnitude: -3 });
    for (const text of ["2.5", "1e3", "0x10", "", "many"]) expect(toOpenEhr("string", text)).toBeUndefined();
    expect(toOpenEhr("code", "7")).toBeUndefined();
  });

  it("is not made of a fraction", () => {
    expect(toOpenEhr("Quantity", { value: 2.5 })).toBeUndefined();
    expect(toOpenEhr("integer", 2.5)).toBeUndefined();
    expect(toOpenEhr("decimal", 2.5)).toBeUndefined();
  });

  it("has the unit of a Count, and none of another Quantity", () => {
    const value = { _type: "DV_COUNT", magnitude: 3 };
    expect(toFhirElement(value, "Count", utc)).toEqual({ value: 3, system: "http://unitsofmeasure.org", code: "1" });
    expect(toFhirElement(value, "Quantity", utc)).toEqual({ value: 3 });
  });
});

describe("a DV_BOOLEAN", () => {
  it.each([true, false])("comes back from %s", (value) => {
    expect(dvBoolean.toFhir({ _type: "DV_BOOLEAN", value }, utc)).toEqual({ type: "boolean", value });
    expect(dvBoolean.toOpenEhr(fhirNode("boolean", value), utc)).toEqual({ _type: "DV_BOOLEAN", value });
  });

  it("is not made of a text", () => {
    expect(dvBoolean.toOpenEhr(fhirNode("string", "true"), utc)).toBeUndefined();
  });
});

describe("a DV_PROPORTION", () => {
  it("comes back from a Quantity in percent", () => {
    fc.assert(
      fc.property(numbers, (numerator) => {
        const value = { _type: "DV_PROPORTION", numerator, denominator: 100, type: 2 };
        const fhir = dvProportion.toFhir(value, utc);
        expect(fhir?.value).toEqual({
          value: numerator,
          unit: "percent",
          system: "http://unitsofmeasure.org",
          code: "%",
        });
        expect(dvProportion.toOpenEhr(fhirNode("Quantity", fhir?.value ?? null), utc)).toEqual(value);
      }),
    );
  });

  it("is nothing without a numerator", () => {
    expect(dvProportion.toFhir({ _type: "DV_PROPORTION", denominator: 100 }, utc)).toBeUndefined();
    expect(dvProportion.toOpenEhr(fhirNode("Quantity", { code: "%" }), utc)).toBeUndefined();
  });
});

describe("a DV_ORDINAL", () => {
  const symbol = {
    _type: "DV_CODED_TEXT",
    value: "Mild",
    defining_code: {
      _type: "CODE_PHRASE",
      terminology_id: { _type: "TERMINOLOGY_ID", value: "local" },
      code_string: "at0047",
    },
  };

  const coding = [{ system: "local", code: "at0047", display: "Mild" }];
  const ordinal = (value: number) => ({ _type: "DV_ORDINAL", value, symbol });

  it("becomes a concept of its symbol", () => {
    expect(dvOrdinal.toFhir(ordinal(0), utc)?.value).toEqual({ coding, text: "Mild" });
  });

  it("has the ordinal as text, as today's engine has it", () => {
    expect(dvOrdinal.toFhir(ordinal(0), today)?.value).toEqual({ coding, text: "0" });
  });

  it.each([
    ["Quantity", { value: 2, unit: "Mild", code: "at0047" }],
    ["integer", 2],
    ["decimal", 2],
    ["Coding", coding[0]],
    ["code", "at0047"],
  ] as [string, JsonValue][])("is what a %s has of it: %j", (type, expected) => {
    for (const context of [utc, today]) expect(toFhirElement(ordinal(2), type, context)).toEqual(expected);
  });

  it("comes back by the list of the template, from whatever names its code or number", () => {
    const list = [
      { value: "at0046", label: "None", ordinal: 0 },
      { value: "at0047", label: "Mild", ordinal: 2 },
    ];
    const rate = [...descendants(wardTemplate.root)].find((node) => node.rmType === "DV_QUANTITY") as TemplateNode;
    const place = { ...rate, inputs: [{ type: "CODED_TEXT" as const, list }] };
    const concept = { coding: [{ system: "urn:other", code: "mild" }, ...coding] };
    const forms: readonly [string, JsonValue][] = [
      ["CodeableConcept", concept],
      ["Coding", coding[0] as JsonValue],
      ["code", "at0047"],
      ["integer", 2],
    ];
    for (const [type, value] of forms) {
      for (const [rmType, converter] of [["DV_ORDINAL", dvOrdinal] as const, ["DV_SCALE", dvScale] as const]) {
        const written = converter.toOpenEhr(fhirNode(type, value), utc, place);
        expect(written).toMatchObject({ _type: rmType, value: 2, symbol: { value: "Mild" } });
        expect(written).toMatchObject({ symbol: { defining_code: { code_string: "at0047" } } });
      }
    }
    expect(dvOrdinal.toOpenEhr(fhirNode("code", "at0099"), utc, place)).toBeUndefined();
  });

  it("comes back from the concept that it becomes, as today's engine has it", () => {
    const carried = toFhirElement(ordinal(2), "CodeableConcept", today) as JsonValue;
    expect(dvOrdinal.toOpenEhr(fhirNode("CodeableConcept", carried), today)).toMatchObject({
      value: 2,
      symbol: { value: "Mild", defining_code: { code_string: "at0047" } },
    });
  });

  it("is not made of a fraction, but a DV_SCALE is", () => {
    const value = fhirNode("Quantity", { value: 2.5, unit: "Mild", code: "at0047" });
    expect(dvOrdinal.toOpenEhr(value, utc)).toBeUndefined();
    expect(dvScale.toOpenEhr(value, utc)).toMatchObject({ _type: "DV_SCALE", value: 2.5 });
  });

  it("is made of a Quantity: value, code and unit", () => {
    expect(dvOrdinal.toOpenEhr(fhirNode("Quantity", { value: 3, unit: "Mild", code: "at0047" }), utc)).toEqual({
      _type: "DV_ORDINAL",
      value: 3,
      symbol: {
        _type: "DV_CODED_TEXT",
        value: "Mild",
        defining_code: { _type: "CODE_PHRASE", code_string: "at0047" },
      },
    });
  });

  it("is not made of an empty Quantity or a text", () => {
    expect(dvOrdinal.toOpenEhr(fhirNode("Quantity", {}), utc)).toBeUndefined();
    expect(dvOrdinal.toOpenEhr(fhirNode("string", "3"), utc)).toBeUndefined();
  });
});
