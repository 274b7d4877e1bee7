import { isJsonObject } from "../../fhir/json.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { isIntegerType, isQuantityType } from "./fhir-primitives.js";
import { numberAttribute, numberMember, rmObject } from "./rm-values.js";

/**
 * DV_COUNT ↔ integer, decimal, Quantity.value (fhirconnect-language 13.3)
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
    const magnitude = numberAttribute(value, "magnitude");
    return magnitude === undefined ? undefined : { type: "integer", value: magnitude };
  },

  toOpenEhr(node): RmObject | undefined {
    const magnitude =
      isQuantityType(node.type) && isJsonObject(node.value)
        ? numberMember(node.value, "value")
        : (isIntegerType(node.type) || node.type === "decimal") && typeof node.value === "number"
          ? node.value
          : undefined;
    return magnitude === undefined || !Number.isInteger(magnitude) ? undefined : rmObject("DV_COUNT", { magnitude });
  },
};
