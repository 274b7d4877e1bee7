import { isJsonObject, type JsonObject } from "../../fhir/json.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import { ucumSystem } from "./dv-quantity.js";
import type { FhirData } from "./fhir-data.js";
import { isQuantityType } from "./fhir-primitives.js";
import { exactAttribute, exactMember, jsonObject, objectMember, rmObject, stringMember } from "./rm-values.js";

const percentType = 2;

/**
 * DV_PROPORTION ↔ Ratio, Quantity (fhirconnect-language 13.3, engine-behaviour 8.2 and 8.4)
 *
 * | DV_PROPORTION   | Quantity             | survives |
 * |-----------------|----------------------|----------|
 * | numerator       | value                | both     |
 * | denominator 100 | code `%`             | both     |
 * | type            | –                    | to openEHR percent, as the unit says |
 *
 * A Ratio carries numerator and denominator both ways; the type follows from the denominator, units are lost.
 */
export const dvProportion: DataTypeConverter = {
  rmType: "DV_PROPORTION",

  toFhir(value): FhirData | undefined {
    const numerator = exactAttribute(value, "numerator");
    if (numerator === undefined) return undefined;
    const denominator = exactAttribute(value, "denominator");
    const percent = { unit: "percent", system: ucumSystem, code: "%" };
    const quantity = jsonObject({ value: numerator, ...(denominator?.valueOf() === 100 && percent) });
    return {
      type: "Quantity",
      value: quantity,
      ...(denominator !== undefined && {
        alternatives: [
          {
            type: "Ratio",
            value: { numerator: jsonObject({ value: numerator }), denominator: jsonObject({ value: denominator }) },
          },
        ],
      }),
    };
  },

  toOpenEhr(node): RmObject | undefined {
    if (node.type === "Ratio" && isJsonObject(node.value)) return fromRatio(node.value);
    if (!isQuantityType(node.type) || !isJsonObject(node.value)) return undefined;
    const numerator = exactMember(node.value, "value");
    if (numerator === undefined) return undefined;
    const percent = stringMember(node.value, "code") === "%";
    return rmObject("DV_PROPORTION", { numerator, denominator: percent ? 100 : undefined, type: percentType });
  },
};

function fromRatio(ratio: JsonObject): RmObject | undefined {
  const numerator = exactMember(objectMember(ratio, "numerator"), "value");
  const denominator = exactMember(objectMember(ratio, "denominator"), "value");
  if (numerator === undefined || denominator === undefined || denominator.valueOf() === 0) return undefined;
  return rmObject("DV_PROPORTION", {
    numerator,
    denominator,
    type: typeOfRatio(numerator.valueOf(), denominator.valueOf()),
  });
}

/** PROPORTION_KIND by the default of fhirconnect-language 13.3: unitary, percent, fraction, else ratio. */
function typeOfRatio(numerator: number, denominator: number): number {
  if (denominator === 1) return 1;
  if (denominator === 100) return percentType;
  return Number.isInteger(numerator) && Number.isInteger(denominator) ? 3 : 0;
}
