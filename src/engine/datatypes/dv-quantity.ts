import { isJsonObject, type JsonObject, noteDigits } from "../../fhir/json.js";
import { isExactNumber } from "../../openehr/json/number-text.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { TemplateNode } from "../../openehr/template/template.js";
import type { Semantics } from "../semantics.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { exactPrimitive, isQuantityType } from "./fhir-primitives.js";
import { exactMember, objectMember, rmObject, stringAttribute, stringMember } from "./rm-values.js";

/** What openEHR and FHIR both know to say of a value that is only a bound. */
const comparators: ReadonlySet<string> = new Set(["<", "<=", ">=", ">"]);

/** System of the codes that openEHR units are. */
export const ucumSystem = "http://unitsofmeasure.org";

/**
 * DV_QUANTITY ↔ Quantity and its kin, Ratio.numerator, numbers (fhirconnect-language 13.3, engine-behaviour 8.2 and 8.4)
 *
 * | DV_QUANTITY        | Quantity      | survives |
 * |--------------------|---------------|----------|
 * | magnitude          | value         | both, digit by digit |
 * | units              | code and unit | both; to openEHR the code wins over the unit |
 * | units_system       | system        | with `units: complete`, both where it is not UCUM; otherwise to FHIR always UCUM |
 * | units_display_name | unit          | with `units: complete`, both where it is not the code; otherwise lost |
 * | magnitude_status   | comparator    | both; `=` and `~` have no comparator |
 * | precision, normal_range, other_reference_ranges | – | lost here; methods may map them on their own |
 *
 * A number is the magnitude; with `units: complete` its unit is `1`, unless the template has other units only. Of a Ratio the
 * numerator is meant.
 */
export const dvQuantity: DataTypeConverter = {
  rmType: "DV_QUANTITY",

  toFhir(value, { semantics }): FhirData | undefined {
    const magnitude = isExactNumber(value.magnitude) ? value.magnitude : undefined;
    const units = typeof value.units === "string" ? value.units : undefined;
    if (magnitude === undefined && units === undefined) return undefined;
    const status = value.magnitude_status;
    const quantity: JsonObject = {};
    if (typeof magnitude === "number") quantity.value = magnitude;
    else if (magnitude !== undefined) {
      quantity.value = magnitude.valueOf();
      noteDigits(quantity, "value", magnitude.text);
    }
    if (typeof status === "string" && comparators.has(status)) quantity.comparator = status;
    if (units !== undefined) addUnit(quantity, value, units, semantics);
    return { type: "Quantity", value: quantity };
  },

  toOpenEhr(node, { semantics }, place): RmObject | undefined {
    if (isJsonObject(node.value)) {
      if (isQuantityType(node.type)) return fromQuantity(node.value, semantics);
      return node.type === "Ratio" ? fromQuantity(objectMember(node.value, "numerator"), semantics) : undefined;
    }
    const magnitude = exactPrimitive(node);
    if (magnitude === undefined) return undefined;
    const units = semantics.units === "complete" && allowsUnit(place, "1") ? "1" : undefined;
    return rmObject("DV_QUANTITY", { units, magnitude });
  },
};

function addUnit(quantity: JsonObject, value: RmObject, units: string, semantics: Semantics): void {
  const complete = semantics.units === "complete";
  quantity.unit = (complete ? stringAttribute(value, "units_display_name") : undefined) ?? units;
  quantity.system = (complete ? stringAttribute(value, "units_system") : undefined) ?? ucumSystem;
  quantity.code = units;
}

function allowsUnit(place: TemplateNode | undefined, unit: string): boolean {
  const list = place?.inputs.find(({ suffix }) => suffix === "unit")?.list;
  return list === undefined || list.some(({ value }) => value === unit);
}

function fromQuantity(quantity: JsonObject | undefined, semantics: Semantics): RmObject | undefined {
  const magnitude = exactMember(quantity, "value");
  const units = stringMember(quantity, "code") ?? stringMember(quantity, "unit");
  if (magnitude === undefined && units === undefined) return undefined;
  const comparator = stringMember(quantity, "comparator");
  return rmObject("DV_QUANTITY", {
    magnitude_status: comparator !== undefined && comparators.has(comparator) ? comparator : undefined,
    units,
    magnitude,
    ...(semantics.units === "complete" && units !== undefined && unitAttributes(quantity, units)),
  });
}

function unitAttributes(quantity: JsonObject | undefined, units: string): Record<string, string> {
  const system = stringMember(quantity, "system");
  const name = stringMember(quantity, "unit");
  return {
    ...(system !== undefined && system !== ucumSystem && { units_system: system }),
    ...(name !== undefined && name !== units && { units_display_name: name }),
  };
}
