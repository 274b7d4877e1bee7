import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { rmObject } from "./rm-values.js";

/**
 * DV_BOOLEAN ↔ boolean (fhirconnect-language 13.3)
 *
 * | DV_BOOLEAN | boolean | survives |
 * |------------|---------|----------|
 * | value      | value   | both     |
 */
export const dvBoolean: DataTypeConverter = {
  rmType: "DV_BOOLEAN",

  toFhir(value): FhirData | undefined {
    return typeof value.value === "boolean" ? { type: "boolean", value: value.value } : undefined;
  },

  toOpenEhr(node): RmObject | undefined {
    return typeof node.value === "boolean" ? rmObject("DV_BOOLEAN", { value: node.value }) : undefined;
  },
};
