import type { RmObject } from "../rm/rm-object.js";
import { instantOf } from "../rm/temporal-text.js";
import { durationSeconds } from "./duration-seconds.js";
import { numberMember, textMember } from "./object-place.js";

const TIME = /^(\d{2})(?::(\d{2})(?::(\d{2}(?:\.\d+)?))?)?(?:Z|([+-])(\d{2}):(\d{2}))?$/;

/**
 * Compares two ordered data values: negative, zero or positive. Undefined when they cannot be compared: other classes,
 * other units, or texts that are no dates, times or durations.
 */
export function compareOrdered(one: RmObject, other: RmObject): number | undefined {
  if (one._type !== other._type) return undefined;
  if (one._type === "DV_QUANTITY" && textMember(one, "units") !== textMember(other, "units")) return undefined;
  const left = magnitudeOf(one);
  const right = magnitudeOf(other);
  if (left === undefined || right === undefined) return undefined;
  return left < right ? -1 : left > right ? 1 : 0;
}

function magnitudeOf(value: RmObject): number | bigint | undefined {
  switch (value._type) {
    case "DV_QUANTITY":
    case "DV_COUNT":
      return numberMember(value, "magnitude");
    case "DV_ORDINAL":
    case "DV_SCALE":
      return numberMember(value, "value");
    case "DV_PROPORTION":
      return quotientOf(value);
    case "DV_DATE":
    case "DV_DATE_TIME":
      return withText(value, instantOf);
    case "DV_TIME":
      return withText(value, secondOfDay);
    case "DV_DURATION":
      return withText(value, durationSeconds);
    default:
      return undefined;
  }
}

function quotientOf(value: RmObject): number | undefined {
  const numerator = numberMember(value, "numerator");
  const denominator = numberMember(value, "denominator");
  return numerator === undefined || !denominator ? undefined : numerator / denominator;
}

function withText<Magnitude>(value: RmObject, read: (text: string) => Magnitude | undefined): Magnitude | undefined {
  const text = textMember(value, "value");
  return text === undefined ? undefined : read(text);
}

/** Second of the day in UTC, of a time in normal form; a time without offset counts as UTC. */
function secondOfDay(text: string): number | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, hour = "", minute = "0", second = "0", sign, offsetHour = "0", offsetMinute = "0"] = match;
  const offset = Number(offsetHour) * 3600 + Number(offsetMinute) * 60;
  return Number(hour) * 3600 + Number(minute) * 60 + Number(second) - (sign === "-" ? -offset : offset);
}
