import { isJsonObject } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import type { ExactNumber } from "../../openehr/json/number-text.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { exactPrimitive, isIntegerType, isQuantityType, isStringType, primitiveText } from "./fhir-primitives.js";
import { exactAttribute, exactMember, rmObject } from "./rm-values.js";

/**
 * DV_COUNT ↔ integer, decimal, Quantity.value, and from the text of a whole number (fhirconnect-language 13.3)
 *
 * | DV_COUNT  | FHIR                             | survives |
 * |-----------|----------------------------------|----------|
 * | magnitude | integer, decimal, Quantity.value | both     |
 *
 * A Count has the unit `1`; of another Quantity the unit is lost. A fraction is not a count and is not taken.
 */
export const dvCount: DataTypeConverter = {
  rmType: "DV_COUNT",

  toFhir(value): FhirData | undefined {
    const magnitude = exactAttribute(value, "magnitude");
    if (magnitude === undefined) return undefined;
    return typeof magnitude === "number"
      ? { type: "integer", value: magnitude }
      : { type: "integer", value: magnitude.valueOf(), digits: magnitude.text };
  },

  toOpenEhr(node): RmObject | undefined {
    const magnitude = numberIn(node);
    if (magnitude === undefined || !Number.isInteger(magnitude.valueOf())) return undefined;
    // The digits of a whole number say something only where a double has not enough of them.
    const whole = typeof magnitude !== "number" && /^-?\d+$/.test(magnitude.text);
    return rmObject("DV_COUNT", { magnitude: whole ? magnitude : magnitude.valueOf() });
  },
};

function numberIn(node: FhirNode): ExactNumber | undefined {
  if (isQuantityType(node.type)) return isJsonObject(node.value) ? exactMember(node.value, "value") : undefined;
  if (isIntegerType(node.type) || node.type === "decimal")
    return typeof node.value === "number" ? exactPrimitive(node) : undefined;
  // A count that is written as text; `1e3` or `0x10` would hardly be one.
  const text = isStringType(node.type) && node.type !== "code" ? primitiveText(node)?.trim() : undefined;
  return text !== undefined && /^-?\d+$/.test(text) ? exactPrimitive(node) : undefined;
}
