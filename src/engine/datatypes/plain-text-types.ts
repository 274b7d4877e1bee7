import type { DataTypeConverter } from "./converter.js";
import { stringAttribute } from "./rm-values.js";

/**
 * DV_URI, DV_EHR_URI and DV_PARSABLE: read as their text (engine-behaviour 8.2); nothing is written into them, since no
 * rule says what a FHIR text means there.
 */
export const plainTextTypes: readonly DataTypeConverter[] = ["DV_URI", "DV_EHR_URI", "DV_PARSABLE"].map((rmType) => ({
  rmType,
  toFhir: (value) => {
    const text = stringAttribute(value, "value");
    return text === undefined ? undefined : { type: "string", value: text };
  },
  toOpenEhr: () => undefined,
}));
