import { isJsonObject } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import type { ConversionContext, FhirData } from "./fhir-data.js";
import { isStringType, primitiveText } from "./fhir-primitives.js";
import { rmObject, stringMember } from "./rm-values.js";
import {
  type DateTimeParts,
  formatDate,
  formatTime,
  inZone,
  offsetOf,
  parseDateTime,
  plainDateTime,
  plainWallClock,
  withDay,
} from "./time-zone.js";

/**
 * DV_DATE_TIME ↔ dateTime, instant, date, time (fhirconnect-language 13.3, engine-behaviour 8.1)
 *
 * | DV_DATE_TIME | dateTime | survives |
 * |--------------|----------|----------|
 * | value        | value    | both, to the fraction of a second |
 * | offset       | offset   | to FHIR as written, the default zone's when there is none; to openEHR the same moment as wall clock time of the default zone, with `repeatedHour: with-offset` as written where that would tell two moments |
 * | value        | a text that is a date or time | both, as it is written |
 * | value        | Period.end, to openEHR else its start | with `periods: moments`, otherwise not converted |
 * | partial date | the same | as the semantics say; a FHIR day becomes midnight of that day |
 */
export const dvDateTime: DataTypeConverter = {
  rmType: "DV_DATE_TIME",

  toFhir(value, context): FhirData | undefined {
    const text = typeof value.value === "string" ? momentText(value.value, context.timeZone) : undefined;
    if (text === undefined) return undefined;
    if (context.semantics.periods === "intervals") return { type: "dateTime", value: text };
    return { type: "dateTime", value: text, alternatives: [{ type: "Period", value: { end: text } }] };
  },

  toOpenEhr(node, context): RmObject | undefined {
    if (node.type === "Period") return momentOf(node, context);
    const text = primitiveText(node);
    if (text === undefined) return undefined;
    switch (node.type) {
      case "dateTime":
      case "instant": {
        const plain = isPlainEnough(context) ? plainWallClock(text, context.timeZone) : undefined;
        if (plain !== undefined) return { _type: "DV_DATE_TIME", value: plain };
        const parts = parseDateTime(text);
        if (parts === undefined) return undefined;
        const zoned = inZone(parts, context.timeZone);
        if (context.semantics.repeatedHour === "with-offset" && !comesBack(parts, zoned, context.timeZone))
          return rmObject("DV_DATE_TIME", { value: fhirDateTime(parts, context.timeZone) });
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
      default: {
        const isText = isStringType(node.type) && node.type !== "code";
        return isText && parseDateTime(text) !== undefined ? rmObject("DV_DATE_TIME", { value: text }) : undefined;
      }
    }
  },
};

/** Whether the offset of a time is dropped wherever the zone has the same. */
function isPlainEnough({ semantics }: ConversionContext): boolean {
  return semantics.repeatedHour !== "with-offset";
}

/** Whether wall clock time tells the moment: in the hour that a change to winter time repeats only the second one does. */
function comesBack(moment: DateTimeParts, wallClock: DateTimeParts, timeZone: string): boolean {
  if (moment.offset === undefined || moment.hour === undefined) return true;
  const offset = offsetOf(wallClock, timeZone);
  if (offset === moment.offset && wallClock.hour === moment.hour) return true;
  const [one, other] = [moment, { ...wallClock, offset }].map((parts) => inZone(parts, "UTC"));
  return one?.hour === other?.hour && one?.minute === other?.minute;
}

/** A Period in the place of a moment: its end, else its start (fhirconnect-language 13.3). */
function momentOf({ value, resource }: FhirNode, context: ConversionContext): RmObject | undefined {
  if (context.semantics.periods !== "moments" || !isJsonObject(value)) return undefined;
  const moment = stringMember(value, "end") ?? stringMember(value, "start");
  return moment === undefined
    ? undefined
    : dvDateTime.toOpenEhr({ type: "dateTime", value: moment, resource }, context);
}

function momentText(text: string, timeZone: string): string | undefined {
  const plain = plainDateTime(text, timeZone);
  if (plain !== undefined) return plain;
  const parts = parseDateTime(text);
  return parts && fhirDateTime(parts, timeZone);
}

/** FHIR wants an offset as soon as there is a time of day. */
export function fhirDateTime(parts: DateTimeParts, timeZone: string): string {
  const date = formatDate(parts);
  if (parts.hour === undefined) {
    return parts.day === undefined ? date : `${date}T00:00:00${offsetOf(parts, timeZone)}`;
  }
  return `${date}T${formatTime(parts)}${parts.offset ?? offsetOf(parts, timeZone)}`;
}
