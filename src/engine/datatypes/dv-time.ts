import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { primitiveText } from "./fhir-primitives.js";
import { rmObject, stringAttribute } from "./rm-values.js";
import { formatTime, inZone, parseDateTime } from "./time-zone.js";

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
    const time = timeOfDay(stringAttribute(value, "value") ?? "");
    return time === undefined ? undefined : { type: "time", value: time };
  },

  toOpenEhr(node, context): RmObject | undefined {
    const text = primitiveText(node);
    if (text === undefined) return undefined;
    if (node.type === "time") {
      const time = timeOfDay(text);
      return time === undefined ? undefined : rmObject("DV_TIME", { value: time });
    }
    if (node.type !== "dateTime" && node.type !== "instant") return undefined;
    const parts = parseDateTime(text);
    if (parts?.hour === undefined) return undefined;
    return rmObject("DV_TIME", { value: formatTime(inZone(parts, context.timeZone)) });
  },
};

/** A time of day with seconds, without offset; undefined when the clock has no such time. */
function timeOfDay(text: string): string | undefined {
  const parts = parseDateTime(`2000-01-01T${text}`);
  return parts === undefined ? undefined : formatTime(parts);
}
