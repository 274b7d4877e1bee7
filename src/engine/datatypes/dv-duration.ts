import { isJsonObject } from "../../fhir/json.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { isQuantityType, isStringType, primitiveText } from "./fhir-primitives.js";
import { numberMember, rmObject, stringAttribute, stringMember } from "./rm-values.js";

const isoDuration = /^-?P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(?:[.,]\d{1,9})?S)?)?$/;

/** UCUM codes of time with the ISO 8601 part they become. */
const isoUnits: ReadonlyMap<string, readonly [prefix: string, letter: string]> = new Map([
  ["a", ["P", "Y"]],
  ["mo", ["P", "M"]],
  ["wk", ["P", "W"]],
  ["d", ["P", "D"]],
  ["h", ["PT", "H"]],
  ["min", ["PT", "M"]],
  ["s", ["PT", "S"]],
]);

/**
 * DV_DURATION ↔ string, Duration (fhirconnect-language 13.3)
 *
 * | DV_DURATION | FHIR                                                      | survives   |
 * |-------------|-----------------------------------------------------------|------------|
 * | value       | string                                                    | both       |
 * | value       | Duration with a UCUM unit of time: the one component, whole numbers (seconds may have fractions) | to openEHR |
 */
export const dvDuration: DataTypeConverter = {
  rmType: "DV_DURATION",

  toFhir(value): FhirData | undefined {
    const text = stringAttribute(value, "value");
    return text === undefined ? undefined : { type: "string", value: text };
  },

  toOpenEhr(node): RmObject | undefined {
    if (isQuantityType(node.type) && isJsonObject(node.value)) {
      const amount = numberMember(node.value, "value");
      const unit = isoUnits.get(stringMember(node.value, "code") ?? stringMember(node.value, "unit") ?? "");
      if (amount === undefined || amount < 0 || unit === undefined) return undefined;
      if (!Number.isInteger(amount) && unit[1] !== "S") return undefined;
      return rmObject("DV_DURATION", { value: `${unit[0]}${amount}${unit[1]}` });
    }
    const text = isStringType(node.type) ? primitiveText(node) : undefined;
    return text !== undefined && isoDuration.test(text) ? rmObject("DV_DURATION", { value: text }) : undefined;
  },
};
