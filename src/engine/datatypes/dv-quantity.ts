import { isJsonObject, type JsonObject } from "../../fhir/json.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { isQuantityType, primitiveNumber } from "./fhir-primitives.js";
import {
  jsonObject,
  numberAttribute,
  numberMember,
  objectMember,
  rmObject,
  stringAttribute,
  stringMember,
} from "./rm-values.js";

/** What openEHR and FHIR both know to say of a value that is only a bound. */
const comparators: ReadonlySet<string> = new Set(["<", "<=", ">=", ">"]);

/** System of the codes that openEHR units are. */
export const ucumSystem = "http://unitsofmeasure.org";

/**
 * DV_QUANTITY ↔ Quantity and its kin, Ratio.numerator, numbers (fhirconnect-language 13.3, engine-behaviour 8.2 and 8.4)
 *
 * | DV_QUANTITY | Quantity      | survives |
 * |-------------|---------------|----------|
 * | magnitude   | value         | both     |
 * | units       | code and unit | both; to openEHR the code wins over the unit |
 * | –           | system        | to FHIR always UCUM |
 * | magnitude_status | comparator | both; `=` and `~` have no comparator |
 */
export const dvQuantity: DataTypeConverter = {
  rmType: "DV_QUANTITY",

  toFhir(value): FhirData | undefined {
    const magnitude = numberAttribute(value, "magnitude");
    const units = stringAttribute(value, "units");
    if (magnitude === undefined && units === undefined) return undefined;
    const status = stringAttribute(value, "magnitude_status");
    return {
      type: "Quantity",
      value: jsonObject({
        value: magnitude,
        comparator: status !== undefined && comparators.has(status) ? status : undefined,
        unit: units,
        system: units === undefined ? undefined : ucumSystem,
        code: units,
      }),
    };
  },

  toOpenEhr(node): RmObject | undefined {
    if (isJsonObject(node.value)) {
      if (isQuantityType(node.type)) return fromQuantity(node.value);
      return node.type === "Ratio" ? fromQuantity(objectMember(node.value, "numerator")) : undefined;
    }
    const magnitude = primitiveNumber(node);
    return magnitude === undefined ? undefined : rmObject("DV_QUANTITY", { magnitude });
  },
};

function fromQuantity(quantity: JsonObject | undefined): RmObject | undefined {
  const magnitude = numberMember(quantity, "value");
  const units = stringMember(quantity, "code") ?? stringMember(quantity, "unit");
  if (magnitude === undefined && units === undefined) return undefined;
  const comparator = stringMember(quantity, "comparator");
  return rmObject("DV_QUANTITY", {
    magnitude_status: comparator !== undefined && comparators.has(comparator) ? comparator : undefined,
    magnitude,
    units,
  });
}
