import { isJsonObject, type JsonObject } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import { dvDateTime, fhirDateTime } from "./dv-date-time.js";
import type { ConversionContext, FhirData } from "./fhir-data.js";
import { jsonObject, objectAttribute, rmObject, stringAttribute, stringMember } from "./rm-values.js";
import { type DateTimeParts, inZone, offsetOf, parseDateTime } from "./time-zone.js";

const widthPattern = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** The parts of an EVENT that a FHIR time becomes. */
export interface EventTimes {
  readonly time: RmObject;
  readonly width?: RmObject;
  readonly mathFunction?: RmObject;
}

/**
 * EVENT ↔ dateTime, Period (fhirconnect-language 13.3, engine-behaviour 7.6 and 8.2)
 *
 * | EVENT                         | FHIR                                | survives |
 * |-------------------------------|-------------------------------------|----------|
 * | POINT_EVENT.time              | dateTime, instant, date             | both     |
 * | INTERVAL_EVENT.time           | Period.start (v1.0.0: end)          | both     |
 * | INTERVAL_EVENT.time + width   | Period.end (v1.0.0: start, − width) | both     |
 * | INTERVAL_EVENT.math_function  | –                                   | to openEHR `actual` |
 *
 * A FHIR time is not taken: without a day it is no moment, and a DV_DATE_TIME must be one. A width in months or years, whose
 * length depends on the calendar, gives no end.
 */
export function eventToFhir(event: RmObject, context: ConversionContext): FhirData | undefined {
  const time = objectAttribute(event, "time");
  const start = time === undefined ? undefined : dvDateTime.toFhir(time, context);
  if (start === undefined || typeof start.value !== "string") return undefined;
  const interval = event.width !== undefined || event.math_function !== undefined;
  if (!interval) return { type: start.type, value: start.value };
  const seconds = widthSeconds(stringAttribute(objectAttribute(event, "width"), "value"));
  if (context.semantics.intervalEventTime === "end" && seconds !== undefined) {
    const value = jsonObject({ start: laterBy(start.value, -seconds, context), end: start.value });
    return { type: "Period", value };
  }
  return {
    type: "Period",
    value: jsonObject({
      start: start.value,
      end: seconds === undefined ? undefined : laterBy(start.value, seconds, context),
    }),
  };
}

const eventTypes: ReadonlySet<string> = new Set(["dateTime", "instant", "date"]);

/** An event as its own kind (`EVENT`), by its time alone (`POINT_EVENT`), or as a Period in any case (`INTERVAL_EVENT`). */
export function eventToFhirAs(event: RmObject, rmType: string, context: ConversionContext): FhirData | undefined {
  const data = eventToFhir(event, context);
  if (data === undefined) return undefined;
  switch (rmType) {
    case "EVENT":
      return data;
    case "POINT_EVENT":
      return isJsonObject(data.value) ? { type: "dateTime", value: stringMember(data.value, "start") ?? null } : data;
    case "INTERVAL_EVENT":
      return isJsonObject(data.value) ? data : { type: "Period", value: { start: data.value } };
    default:
      return undefined;
  }
}

/** The times of an EVENT for a FHIR value; undefined when it is no time. */
export function eventFromFhir(node: FhirNode, context: ConversionContext): EventTimes | undefined {
  if (node.type === "Period" && isJsonObject(node.value)) return fromPeriod(node.value, node.resource, context);
  const time = eventTypes.has(node.type) ? dvDateTime.toOpenEhr(node, context) : undefined;
  return time === undefined ? undefined : { time };
}

function fromPeriod(period: JsonObject, resource: JsonObject, context: ConversionContext): EventTimes | undefined {
  const start = stringMember(period, "start");
  const end = stringMember(period, "end");
  const isAtEnd = context.semantics.intervalEventTime === "end" && end !== undefined;
  const moment = isAtEnd ? end : (start ?? end);
  if (moment === undefined) return undefined;
  const time = dvDateTime.toOpenEhr({ type: "dateTime", value: moment, resource }, context);
  if (time === undefined) return undefined;
  const seconds =
    start === undefined || end === undefined
      ? 0
      : (epochSeconds(end, context) ?? 0) - (epochSeconds(start, context) ?? 0);
  return {
    time,
    mathFunction: rmObject("DV_CODED_TEXT", {
      value: "actual",
      defining_code: rmObject("CODE_PHRASE", {
        terminology_id: rmObject("TERMINOLOGY_ID", { value: "openehr" }),
        code_string: "640",
      }),
    }),
    ...(seconds > 0 && { width: rmObject("DV_DURATION", { value: isoSeconds(seconds) }) }),
  };
}

/** Hours, minutes and seconds, without days: `PT48H`, as the length of time between two moments is written. */
function isoSeconds(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = seconds % 60;
  return `PT${hours > 0 ? `${hours}H` : ""}${minutes > 0 ? `${minutes}M` : ""}${rest > 0 ? `${rest}S` : ""}`;
}

function widthSeconds(width: string | undefined): number | undefined {
  const match = width === undefined ? null : widthPattern.exec(width);
  if (match === null) return undefined;
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? "0")) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const total = (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds;
  return total > 0 ? total : undefined;
}

function epochSeconds(text: string, context: ConversionContext): number | undefined {
  const parts = parseDateTime(text);
  if (parts === undefined) return undefined;
  const moment = Date.parse(
    fhirDateTime({ ...parts, month: parts.month ?? "01", day: parts.day ?? "01" }, context.timeZone),
  );
  return Number.isNaN(moment) ? undefined : Math.round(moment / 1000);
}

/** A FHIR time some seconds later, with the offset the zone has then. */
function laterBy(text: string, seconds: number, context: ConversionContext): string | undefined {
  const from = epochSeconds(text, context);
  if (from === undefined) return undefined;
  const utc = parseDateTime(new Date((from + seconds) * 1000).toISOString().replace(".000", ""));
  if (utc === undefined) return undefined;
  const local: DateTimeParts = inZone(utc, context.timeZone);
  return fhirDateTime({ ...local, offset: offsetOf(local, context.timeZone) }, context.timeZone);
}
