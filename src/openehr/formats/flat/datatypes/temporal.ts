import { durationOf, normalDuration } from "../../../rm/duration-text.js";
import type { RmObject } from "../../../rm/rm-object.js";
import { type NormalText, normalDate, normalDateTime, normalTime } from "../../../rm/temporal-text.js";
import { type FlatDataType, type FlatReadContext, objectWith, scalarMember } from "../flat-data-type.js";
import type { FlatKeys } from "../flat-keys.js";
import { orderedType } from "./ordered.js";

/** DV_DATE: plain, also `|value`; `now` is the current date. */
export const dateType: FlatDataType = temporalType("DV_DATE", normalDate, (now) => now.slice(0, 10));

/** DV_TIME: plain, also `|value`; `now` is the current time. */
export const timeType: FlatDataType = temporalType("DV_TIME", normalTime, (now) => now.slice(11));

/** DV_DATE_TIME: plain, also `|value`; `now` is the current date and time. */
export const dateTimeType: FlatDataType = temporalType("DV_DATE_TIME", normalDateTime, (now) => now);

function temporalType(
  rmType: string,
  normalise: (text: string) => NormalText,
  partOfNow: (now: string) => string,
): FlatDataType {
  return orderedType(rmType, "temporal", {
    read(keys, context) {
      const attribute = keys.has("") ? "" : "value";
      const text = keys.text(attribute);
      if (text === undefined) return undefined;
      if (text === "now") return { _type: rmType, value: partOfNow(context.now()) };
      return normalised(keys, attribute, rmType, normalise(text));
    },
    write: (value, place) => place.put("", scalarMember(value, "value")),
  });
}

function normalised(keys: FlatKeys, attribute: string, rmType: string, normal: NormalText): RmObject | undefined {
  if ("text" in normal) return { _type: rmType, value: normal.text };
  keys.invalid(attribute, normal.reason, rmType);
  return undefined;
}

/** DV_DURATION: plain, also `|value`, in ISO 8601; otherwise by component (`|year` … `|second`). */
export const durationType: FlatDataType = orderedType("DV_DURATION", "amount", {
  read(keys: FlatKeys, _context: FlatReadContext) {
    const attribute = keys.has("") ? "" : "value";
    const text = keys.text(attribute);
    if (text !== undefined) return normalised(keys, attribute, "DV_DURATION", normalDuration(text));
    const components = {
      years: keys.integer("year")?.valueOf(),
      months: keys.integer("month")?.valueOf(),
      weeks: keys.integer("week")?.valueOf(),
      days: keys.integer("day")?.valueOf(),
      hours: keys.integer("hour")?.valueOf(),
      minutes: keys.integer("minute")?.valueOf(),
      seconds: keys.integer("second")?.valueOf(),
    };
    const isGiven = Object.values(components).some((component) => component !== undefined);
    return objectWith("DV_DURATION", { value: isGiven ? durationOf(components) : undefined });
  },
  write: (value, place) => place.put("", scalarMember(value, "value")),
});
