import { isJsonObject } from "../../fhir/json.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import { codingOf } from "./code-phrase.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { isQuantityType } from "./fhir-primitives.js";
import {
  jsonObject,
  numberAttribute,
  numberMember,
  objectAttribute,
  rmObject,
  stringAttribute,
  stringMember,
} from "./rm-values.js";

/**
 * DV_ORDINAL ↔ CodeableConcept, Quantity (engine-behaviour 8.2 and 8.4)
 *
 * | DV_ORDINAL           | CodeableConcept | Quantity | survives              |
 * |----------------------|-----------------|----------|-----------------------|
 * | value                | text            | value    | both through Quantity |
 * | symbol.value         | display         | unit     | both through Quantity |
 * | symbol.defining_code | coding          | code     | both through Quantity |
 */
export const dvOrdinal: DataTypeConverter = {
  rmType: "DV_ORDINAL",

  toFhir(value): FhirData | undefined {
    const symbol = objectAttribute(value, "symbol");
    const ordinal = numberAttribute(value, "value");
    const coding = codingOf(objectAttribute(symbol, "defining_code"), stringAttribute(symbol, "value"));
    if (ordinal === undefined && coding === undefined) return undefined;
    return {
      type: "CodeableConcept",
      value: jsonObject({
        coding: coding === undefined ? undefined : [coding],
        text: ordinal === undefined ? undefined : String(ordinal),
      }),
    };
  },

  toOpenEhr(node): RmObject | undefined {
    if (!isQuantityType(node.type) || !isJsonObject(node.value)) return undefined;
    const ordinal = numberMember(node.value, "value");
    const label = stringMember(node.value, "unit");
    const code = stringMember(node.value, "code");
    if (ordinal === undefined && label === undefined && code === undefined) return undefined;
    const definingCode = code === undefined ? undefined : rmObject("CODE_PHRASE", { code_string: code });
    const symbol =
      label === undefined && definingCode === undefined
        ? undefined
        : rmObject("DV_CODED_TEXT", { value: label, defining_code: definingCode });
    return rmObject("DV_ORDINAL", { symbol, value: ordinal });
  },
};
