import { isJsonObject } from "../../fhir/json.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import { ucumSystem } from "./dv-quantity.js";
import type { FhirData } from "./fhir-data.js";
import { isQuantityType } from "./fhir-primitives.js";
import { jsonObject, numberAttribute, numberMember, rmObject, stringMember } from "./rm-values.js";

const percentType = 2;

/**
 * DV_PROPORTION ↔ Quantity (engine-behaviour 8.2 and 8.4)
 *
 * | DV_PROPORTION   | Quantity             | survives |
 * |-----------------|----------------------|----------|
 * | numerator       | value                | both     |
 * | denominator 100 | code `%`             | both     |
 * | type            | –                    | to openEHR percent, as the unit says |
 */
export const dvProportion: DataTypeConverter = {
  rmType: "DV_PROPORTION",

  toFhir(value): FhirData | undefined {
    const numerator = numberAttribute(value, "numerator");
    if (numerator === undefined) return undefined;
    const percent = numberAttribute(value, "denominator") === 100;
    return {
      type: "Quantity",
      value: percent
        ? { value: numerator, unit: "percent", system: ucumSystem, code: "%" }
        : jsonObject({ value: numerator }),
    };
  },

  toOpenEhr(node): RmObject | undefined {
    if (!isQuantityType(node.type) || !isJsonObject(node.value)) return undefined;
    const numerator = numberMember(node.value, "value");
    if (numerator === undefined) return undefined;
    const percent = stringMember(node.value, "code") === "%";
    return rmObject("DV_PROPORTION", { numerator, denominator: percent ? 100 : undefined, type: percentType });
  },
};
