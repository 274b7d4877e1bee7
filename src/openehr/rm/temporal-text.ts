/** A text in normal form, or why it has none. Reasons never repeat the text, which may be clinical. */
export type NormalText = { readonly text: string } | { readonly reason: string };

/** Longest text that can be a date, time or duration; longer ones are refused unread. */
const LONGEST = 64;

const EXTENDED_DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;
const COMPACT_DATE = /^(\d{4})(?:(\d{2})(?:(\d{2}))?)?$/;
const EXTENDED_TIME = /^(\d{2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(Z|z|[+-]\d{2}:\d{2})?$/;
const COMPACT_TIME = /^(\d{2})(?:(\d{2})(?:(\d{2})(?:[.,](\d{1,9}))?)?)?(Z|z|[+-]\d{4})?$/;

/**
 * Nearly all dates and times that come: they are in normal form, and there is such a day and time. The 29th of February,
 * partial forms and offsets that are written otherwise are left to a closer look.
 */
const USUAL_DATE_TIME =
  /^\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))(?:T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{0,8}[1-9])?(?:Z|[+-](?!00:00)(?:0\d|1[0-7]):[0-5]\d)?)?$/;

/** Reads a DV_DATE (openehr-formats 17.1) and writes it in extended form (17.2); partial dates stay partial. */
export function normalDate(text: string): NormalText {
  if (text.length > LONGEST) return { reason: "is too long for a date" };
  const match = EXTENDED_DATE.exec(text) ?? COMPACT_DATE.exec(text);
  if (match === null) return { reason: "is not a date (YYYY-MM-DD)" };
  const [, year = "", month, day] = match;
  if (month !== undefined && !within(month, 1, 12)) return { reason: "has a month outside 1 to 12" };
  if (month !== undefined && day !== undefined && !within(day, 1, daysInMonth(Number(year), Number(month)))) {
    return { reason: "has a day that its month does not have" };
  }
  return { text: [year, month, day].filter((part) => part !== undefined).join("-") };
}

/** Reads a DV_TIME (openehr-formats 17.1) and writes it in extended form (17.2). */
export function normalTime(text: string): NormalText {
  if (text.length > LONGEST) return { reason: "is too long for a time" };
  return normalTimeMatch(EXTENDED_TIME.exec(text) ?? COMPACT_TIME.exec(text));
}

/** Reads a DV_DATE_TIME (openehr-formats 17.1) and writes it in extended form (17.2); date and time agree in form. */
export function normalDateTime(text: string): NormalText {
  if (USUAL_DATE_TIME.test(text)) return { text };
  if (text.length > LONGEST) return { reason: "is too long for a date and time" };
  const at = text.search(/[Tt]/);
  if (at < 0) return normalDate(text);
  const date = normalDate(text.slice(0, at));
  if ("reason" in date) return date;
  if (date.text.length < 10) return { reason: "has a time after a partial date" };
  const isCompact = text.charAt(4) !== "-";
  const time = normalTimeMatch((isCompact ? COMPACT_TIME : EXTENDED_TIME).exec(text.slice(at + 1)));
  return "reason" in time ? time : { text: `${date.text}T${time.text}` };
}

function normalTimeMatch(match: RegExpExecArray | null): NormalText {
  if (match === null) return { reason: "is not a time (hh:mm:ss)" };
  const [, hour = "", minute, second, fraction, offset] = match;
  if (!within(hour, 0, 23)) return { reason: "has an hour outside 0 to 23" };
  if (minute !== undefined && !within(minute, 0, 59)) return { reason: "has a minute outside 0 to 59" };
  if (second !== undefined && !within(second, 0, 59)) return { reason: "has a second outside 0 to 59" };
  const zone = offset === undefined ? "" : normalOffset(offset);
  if (zone === undefined) return { reason: "has an offset outside -18:00 to +18:00" };
  const clock = [hour, minute, second].filter((part) => part !== undefined).join(":");
  return { text: `${clock}${fraction === undefined ? "" : `.${shortFraction(fraction)}`}${zone}` };
}

function normalOffset(offset: string): string | undefined {
  if (offset === "Z" || offset === "z") return "Z";
  const hours = offset.slice(1, 3);
  const minutes = offset.slice(-2);
  const total = Number(hours) * 60 + Number(minutes);
  if (Number(minutes) > 59 || total > 18 * 60) return undefined;
  return total === 0 ? "Z" : `${offset.charAt(0)}${hours}:${minutes}`;
}

/** Without trailing zeros, but never empty: a fraction that was given as zero stays `0`. */
function shortFraction(fraction: string): string {
  return fraction.replace(/0+$/, "") || "0";
}

function within(digits: string, least: number, most: number): boolean {
  const value = Number(digits);
  return value >= least && value <= most;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const LENIENT =
  /^(\d{4,9})-(\d{1,2})-(\d{1,2})(?:T(\d{1,2}):(\d{2})(?::(\d{2}(?:[.,]\d{1,9})?))?(Z|z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Reads a time given by a `ctx/` shortcut (openehr-formats 17.3): one-digit months, days and hours and offsets without
 * colon are accepted as well. A time of day always comes out with seconds and a fraction, as the reference prints it.
 */
export function normalContextTime(text: string): NormalText {
  if (text.length > LONGEST) return { reason: "is too long for a date and time" };
  const match = LENIENT.exec(text);
  if (match === null) {
    const strict = normalDateTime(text);
    return "reason" in strict ? strict : { text: withSecondsAndFraction(strict.text) };
  }
  const [, year = "", month = "", day = "", hour, minute = "", second = "00", offset = ""] = match;
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  if (hour === undefined) return normalDate(date);
  const zone = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset;
  const strict = normalDateTime(`${date}T${hour.padStart(2, "0")}:${minute}:${second}${zone}`);
  return "reason" in strict ? strict : { text: withSecondsAndFraction(strict.text) };
}

function withSecondsAndFraction(text: string): string {
  const match = /^(\d+-\d{2}-\d{2}T\d{2})(:\d{2})?(:\d{2})?(\.\d+)?(.*)$/.exec(text);
  if (match === null) return text;
  const [, hour, minute = ":00", second = ":00", fraction = ".0", zone] = match;
  return `${hour}${minute}${second}${fraction}${zone}`;
}

const COMPLETE_FORM =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2})(?::(\d{2})(?::(\d{2})(?:\.(\d+))?)?)?)?)?)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Nanoseconds since 1970 of a date-time in normal form, for comparing; missing parts count as their first value, a
 * missing offset as UTC. Undefined when the text is not in normal form.
 */
export function instantOf(text: string): bigint | undefined {
  const match = COMPLETE_FORM.exec(text);
  if (match === null) return undefined;
  const [, year = "", month = "1", day = "1", hour = "0", minute = "0", second = "0", fraction = "", offset] = match;
  const utc = new Date(0);
  utc.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  utc.setUTCHours(Number(hour), Number(minute), Number(second));
  const milliseconds = utc.getTime() - offsetMinutes(offset) * 60_000;
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, "0").slice(0, 9) || "0");
}

function offsetMinutes(offset: string | undefined): number {
  if (offset === undefined || offset === "Z") return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6));
  return offset.startsWith("-") ? -minutes : minutes;
}

/** Time to add to a date-time, by component as templates constrain it. */
export interface CalendarOffset {
  readonly years: number;
  readonly months: number;
  readonly days: number;
  readonly seconds: number;
}

/** A date-time in normal form moved forward by an offset; fraction and offset from UTC stay as they are written. */
export function plusOffset(text: string, offset: CalendarOffset): string {
  const match = COMPLETE_FORM.exec(text);
  if (match === null) return text;
  const [, year = "", month = "1", day = "1", hour = "0", minute = "0", second = "0", fraction, zone = ""] = match;
  const moved = new Date(0);
  const months = Number(year) * 12 + Number(month) - 1 + offset.years * 12 + offset.months;
  const lastDay = daysInMonth(Math.floor(months / 12), (months % 12) + 1);
  moved.setUTCFullYear(Math.floor(months / 12), months % 12, Math.min(Number(day), lastDay) + offset.days);
  moved.setUTCHours(Number(hour), Number(minute), Number(second) + offset.seconds);
  const clock = moved.toISOString().slice(0, 19);
  return `${clock}${fraction === undefined ? "" : `.${fraction}`}${zone}`;
}
