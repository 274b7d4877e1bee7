import { isJsonObject, type JsonObject } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import { dvCount } from "./dv-count.js";
import { dvDate } from "./dv-date.js";
import { dvDateTime, fhirDateTime } from "./dv-date-time.js";
import { dvQuantity } from "./dv-quantity.js";
import type { ConversionContext, FhirData } from "./fhir-data.js";
import { exactAttribute, jsonObject, objectAttribute, rmObject, stringAttribute } from "./rm-values.js";
import { parseDateTime } from "./time-zone.js";

/** The rule for the bounds, by the class of the bounds (`DV_INTERVAL<DV_QUANTITY>`), and the FHIR type they make up. */
const boundRules: ReadonlyMap<string, { readonly bound: DataTypeConverter; readonly fhirType: "Range" | "Period" }> =
  new Map([
    ["DV_QUANTITY", { bound: dvQuantity, fhirType: "Range" }],
    ["DV_COUNT", { bound: dvCount, fhirType: "Range" }],
    ["DV_DATE_TIME", { bound: dvDateTime, fhirType: "Period" }],
    ["DV_DATE", { bound: dvDate, fhirType: "Period" }],
  ]);

/**
 * DV_INTERVAL ↔ Range, Period (fhirconnect-language 13.3)
 *
 * | DV_INTERVAL     | Range | Period | survives |
 * |-----------------|-------|--------|----------|
 * | lower           | low   | start  | both, by the rule of the bounds |
 * | upper           | high  | end    | both, by the rule of the bounds |
 * | *_included      | –     | –      | to openEHR true where there is a bound; FHIR bounds are inclusive |
 * | *_unbounded     | –     | –      | as the absence of the bound |
 *
 * An interval with a bound that is not included is not carried to FHIR, which could only say something else.
 */
export const dvInterval: DataTypeConverter = {
  rmType: "DV_INTERVAL",

  toFhir(value, context): FhirData | undefined {
    const lower = objectAttribute(value, "lower");
    const upper = objectAttribute(value, "upper");
    const rule = boundRules.get((lower ?? upper)?._type ?? "");
    if (rule === undefined) return undefined;
    if (
      (lower !== undefined && value.lower_included === false) ||
      (upper !== undefined && value.upper_included === false)
    )
      return undefined;
    const [low, high] = [lower, upper].map((bound) => boundToFhir(bound, rule.fhirType, context));
    if (low === undefined && high === undefined) return undefined;
    const names = rule.fhirType === "Range" ? { low, high } : { start: low, end: high };
    return { type: rule.fhirType, value: jsonObject(names) };
  },

  toOpenEhr(node, context): RmObject | undefined {
    return intervalOf(node.type === "Period" ? "DV_INTERVAL<DV_DATE_TIME>" : "DV_INTERVAL<DV_QUANTITY>", node, context);
  },
};

/** The interval of a class with its parameter for a Range or Period; undefined for other classes and FHIR types. */
export function intervalOf(rmType: string, node: FhirNode, context: ConversionContext): RmObject | undefined {
  if (!rmType.startsWith("DV_INTERVAL<") || !isJsonObject(node.value)) return undefined;
  const rule = boundRules.get(rmType.slice("DV_INTERVAL<".length, -1));
  if (rule === undefined || rule.fhirType !== node.type) return undefined;
  const [low, high] = node.type === "Range" ? ["low", "high"] : ["start", "end"];
  const type = node.type === "Range" ? "Quantity" : "dateTime";
  const boundAt = (member: string | undefined): RmObject | undefined => {
    const value = member === undefined ? undefined : (node.value as JsonObject)[member];
    return value === undefined ? undefined : rule.bound.toOpenEhr({ type, value, resource: node.resource }, context);
  };
  const lower = boundAt(low);
  const upper = boundAt(high);
  if (lower === undefined && upper === undefined) return undefined;
  return rmObject("DV_INTERVAL", {
    lower,
    upper,
    lower_unbounded: lower === undefined,
    upper_unbounded: upper === undefined,
    lower_included: lower !== undefined,
    upper_included: upper !== undefined,
  });
}

function boundToFhir(
  bound: RmObject | undefined,
  fhirType: "Range" | "Period",
  context: ConversionContext,
): JsonObject | string | undefined {
  if (bound === undefined) return undefined;
  if (bound._type === "DV_COUNT") return jsonObject({ value: exactAttribute(bound, "magnitude") });
  if (fhirType === "Range") {
    const quantity = dvQuantity.toFhir(bound, context)?.value;
    return isJsonObject(quantity) ? quantity : undefined;
  }
  const parts = parseDateTime(stringAttribute(bound, "value") ?? "");
  if (parts === undefined) return undefined;
  const text = bound._type === "DV_DATE" ? dvDate.toFhir(bound, context)?.value : fhirDateTime(parts, context.timeZone);
  return typeof text === "string" ? text : undefined;
}
