import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { primitiveText } from "./fhir-primitives.js";
import { rmObject, stringAttribute } from "./rm-values.js";
import { formatTime, inZone, parseDateTime } from "./time-zone.js";

const timeOfDay = /^\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?/;

/**
 * DV_TIME ↔ time, dateTime (fhirconnect-language 13.3)
 *
 * | DV_TIME | FHIR                                                | survives             |
 * |---------|-----------------------------------------------------|----------------------|
 * | value   | time                                                | both; the offset is dropped to FHIR, which has none |
 * | value   | dateTime: its time of day in the default zone       | to openEHR           |
 */
export const dvTime: DataTypeConverter = {
  rmType: "DV_TIME",

  toFhir(value): FhirData | undefined {
    const match = timeOfDay.exec(stringAttribute(value, "value") ?? "");
    return match === null ? undefined : { type: "time", value: match[0].length === 5 ? `${match[0]}:00` : match[0] };
  },

  toOpenEhr(node, context): RmObject | undefined {
    const text = primitiveText(node);
    if (text === undefined) return undefined;
    if (node.type === "time") return rmObject("DV_TIME", { value: text });
    if (node.type !== "dateTime" && node.type !== "instant") return undefined;
    const parts = parseDateTime(text);
    if (parts?.hour === undefined) return undefined;
    return rmObject("DV_TIME", { value: formatTime(inZone(parts, context.timeZone)) });
  },
};
