import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { primitiveText } from "./fhir-primitives.js";
import { rmObject, stringAttribute } from "./rm-values.js";
import { type DateTimeParts, formatDate, formatTime, inZone, offsetOf, parseDateTime, withDay } from "./time-zone.js";

/**
 * DV_DATE_TIME ↔ dateTime, instant, date, time (fhirconnect-language 13.3, engine-behaviour 8.1)
 *
 * | DV_DATE_TIME | dateTime | survives |
 * |--------------|----------|----------|
 * | value        | value    | both, to the fraction of a second |
 * | offset       | offset   | to FHIR as written, the default zone's when there is none; to openEHR the same moment as wall clock time of the default zone |
 * | partial date | the same | as the semantics say; a FHIR day becomes midnight of that day |
 */
export const dvDateTime: DataTypeConverter = {
  rmType: "DV_DATE_TIME",

  toFhir(value, context): FhirData | undefined {
    const parts = partsOf(stringAttribute(value, "value"));
    return parts === undefined ? undefined : { type: "dateTime", value: fhirDateTime(parts, context.timeZone) };
  },

  toOpenEhr(node, context): RmObject | undefined {
    const text = primitiveText(node);
    if (text === undefined) return undefined;
    switch (node.type) {
      case "dateTime":
      case "instant": {
        const parts = parseDateTime(text);
        if (parts === undefined) return undefined;
        const zoned = inZone(parts, context.timeZone);
        const local = context.semantics.partialDates === "kept" ? zoned : withDay(zoned);
        const date = formatDate(local);
        return rmObject("DV_DATE_TIME", { value: local.day === undefined ? date : `${date}T${formatTime(local)}` });
      }
      case "date": {
        const parts = parseDateTime(text);
        if (parts === undefined) return undefined;
        const day = context.semantics.partialDates === "kept" ? parts : withDay(parts);
        return rmObject("DV_DATE_TIME", { value: formatDate(day) });
      }
      default:
        return undefined;
    }
  },
};

function partsOf(text: string | undefined): DateTimeParts | undefined {
  return text === undefined ? undefined : parseDateTime(text);
}

/** FHIR wants an offset as soon as there is a time of day. */
export function fhirDateTime(parts: DateTimeParts, timeZone: string): string {
  const date = formatDate(parts);
  if (parts.hour === undefined) {
    return parts.day === undefined ? date : `${date}T00:00:00${offsetOf(parts, timeZone)}`;
  }
  return `${date}T${formatTime(parts)}${parts.offset ?? offsetOf(parts, timeZone)}`;
}
