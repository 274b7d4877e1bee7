/**
 * Wall clock time and offsets. openEHR times without offset are read in a default zone; FHIR times are written into
 * openEHR as wall clock time of that zone (engine-behaviour 8.1). Texts are taken apart by one anchored expression;
 * what is not a date or time by ISO 8601 gives undefined.
 */

export interface DateTimeParts {
  readonly year: string;
  readonly month?: string | undefined;
  readonly day?: string | undefined;
  readonly hour?: string | undefined;
  readonly minute?: string | undefined;
  readonly second?: string | undefined;
  /** Digits behind the decimal point, as written. */
  readonly fraction?: string | undefined;
  /** `Z`, `+01:00`, … */
  readonly offset?: string | undefined;
}

const dateTimePattern =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?)?)?$/;

/** Takes an ISO 8601 extended date or date-time apart, partial ones included; undefined for days and times that do not exist. */
export function parseDateTime(text: string): DateTimeParts | undefined {
  const match = dateTimePattern.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, offset] = match;
  const parts: DateTimeParts = {
    year: year as string,
    month,
    day,
    hour,
    minute,
    second,
    fraction,
    offset: offset === undefined ? undefined : normaliseOffset(offset),
  };
  return exists(parts) ? parts : undefined;
}

/** Whether the calendar has the day and the clock the time. A leap second is allowed in every minute. */
function exists({
  year,
  month = "01",
  day = "01",
  hour = "00",
  minute = "00",
  second = "00",
  offset,
}: DateTimeParts): boolean {
  const monthNumber = Number(month);
  if (monthNumber < 1 || monthNumber > 12 || Number(day) < 1 || Number(day) > daysInMonth(Number(year), monthNumber))
    return false;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return false;
  return offset === undefined || offset === "Z" || (offset.slice(1) <= "14:00" && offset.slice(4) <= "59");
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The parts read as UTC, their offset aside. `Date.UTC` would take the years 0 to 99 for 1900 to 1999. */
function utcMilliseconds({
  year,
  month = "1",
  day = "1",
  hour = "0",
  minute = "0",
  second = "0",
}: DateTimeParts): number {
  const monthIndex = Number(month) - 1;
  if (Number(year) > 99)
    return Date.UTC(Number(year), monthIndex, Number(day), Number(hour), Number(minute), Number(second));
  const date = new Date(0);
  date.setUTCFullYear(Number(year), monthIndex, Number(day));
  return date.setUTCHours(Number(hour), Number(minute), Number(second));
}

function normaliseOffset(offset: string): string {
  if (offset === "Z") return offset;
  const digits = offset.slice(1).replace(":", "");
  return `${offset[0]}${digits.slice(0, 2)}:${digits.length > 2 ? digits.slice(2) : "00"}`;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterFor(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      calendar: "iso8601",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}

/** No zone has changed its offset before; `Intl` counts days before 1582 by the Julian calendar. */
const earliestChange = Date.UTC(1600, 0, 1);

const quarterHour = 900_000;
/** From here on every change of an offset falls on a quarter of an hour. */
const wholeQuarters = Date.UTC(1973, 0, 1);
const rememberedOffsets = new Map<string, Map<number, number>>();
const mostRemembered = 20_000;

/** Offset of a zone at an instant, in minutes east of UTC; remembered by the quarter of an hour, before 1973 by the instant. */
function offsetMinutesAt(instant: number, timeZone: string): number {
  let offsets = rememberedOffsets.get(timeZone);
  if (offsets === undefined || offsets.size >= mostRemembered) {
    offsets = new Map();
    rememberedOffsets.set(timeZone, offsets);
  }
  const moment = instant < wholeQuarters ? instant : Math.floor(instant / quarterHour) * quarterHour;
  let offset = offsets.get(moment);
  if (offset === undefined) {
    offset = computeOffset(moment, timeZone);
    offsets.set(moment, offset);
  }
  return offset;
}

function computeOffset(instant: number, timeZone: string): number {
  const epochMilliseconds = Math.max(instant, earliestChange);
  const fields = new Map(
    formatterFor(timeZone)
      .formatToParts(epochMilliseconds)
      .map((part) => [part.type, part.value]),
  );
  const field = (type: Intl.DateTimeFormatPartTypes): string => fields.get(type) ?? "";
  const wallClock = utcMilliseconds({
    year: field("year"),
    month: field("month"),
    day: field("day"),
    hour: field("hour"),
    minute: field("minute"),
    second: field("second"),
  });
  return Math.round((wallClock - Math.floor(epochMilliseconds / 1000) * 1000) / 60_000);
}

function formatOffset(minutes: number): string {
  if (minutes === 0) return "Z";
  const absolute = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${pad(Math.floor(absolute / 60))}:${pad(absolute % 60)}`;
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, "0");
}

/**
 * The offset that wall clock time has in a zone, as FHIR writes it (`+01:00`, `Z`). In the hour that a change to winter
 * time repeats the offset behind the change is taken, as today's stores were read; in the hour that a change to summer time
 * skips, the one before the change.
 */
export function offsetOf(parts: DateTimeParts, timeZone: string): string {
  return offsetOfWallClock(utcMilliseconds(parts), timeZone);
}

function offsetOfWallClock(asUtc: number, timeZone: string): string {
  if (asUtc < wholeQuarters + DAY) return wallClockOffset(asUtc, timeZone);
  let offsets = rememberedWallClockOffsets.get(timeZone);
  if (offsets === undefined || offsets.size >= mostRemembered) {
    offsets = new Map();
    rememberedWallClockOffsets.set(timeZone, offsets);
  }
  const quarter = Math.floor(asUtc / quarterHour);
  let offset = offsets.get(quarter);
  if (offset === undefined) {
    offset = wallClockOffset(asUtc, timeZone);
    offsets.set(quarter, offset);
  }
  return offset;
}

const DAY = 86_400_000;
const rememberedWallClockOffsets = new Map<string, Map<number, string>>();

function wallClockOffset(asUtc: number, timeZone: string): string {
  const after = offsetMinutesAt(asUtc + DAY, timeZone);
  return formatOffset(offsetMinutesAt(asUtc - after * 60_000, timeZone));
}

/**
 * A time to the second, as nearly all times come, with the offset it has in a zone where it has none, and is written as it
 * stands otherwise; without being taken apart. Undefined for what needs a closer look: see {@link usualMilliseconds}.
 */
export function plainDateTime(text: string, timeZone: string): string | undefined {
  const asUtc = usualMilliseconds(text);
  if (asUtc === undefined) return undefined;
  if (text.length === 19) return text + offsetOfWallClock(asUtc, timeZone);
  return usualOffset(text) === undefined ? undefined : text;
}

/**
 * A time to the second as wall clock time of a zone, where it has no offset or the one that the zone has then; without being
 * taken apart. Undefined for what needs a closer look.
 */
export function plainWallClock(text: string, timeZone: string): string | undefined {
  const asUtc = usualMilliseconds(text);
  if (asUtc === undefined || text.length === 19) return asUtc === undefined ? undefined : text;
  const given = usualOffset(text);
  if (given === undefined || offsetMinutesAt(asUtc - given * 60_000, timeZone) !== given) return undefined;
  return text.slice(0, 19);
}

/**
 * The date and time that a text begins with, read as UTC, in milliseconds. Undefined for another form, and for what is rare:
 * partial times, fractions, the last days of months, leap seconds, years before 1000.
 */
function usualMilliseconds(text: string): number | undefined {
  const { length } = text;
  if (length !== 19 && length !== 20 && length !== 25) return undefined;
  const isSeparated =
    text.charCodeAt(4) === HYPHEN &&
    text.charCodeAt(7) === HYPHEN &&
    text.charCodeAt(10) === LETTER_T &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON;
  if (!isSeparated) return undefined;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const isUsual =
    year >= 1000 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour <= 23 && minute <= 59 && second <= 59;
  return isUsual ? Date.UTC(year, month - 1, day, hour, minute, second) : undefined;
}

/** The offset that a text of a {@link usualMilliseconds usual} time ends with, in minutes; undefined when it is none. */
function usualOffset(text: string): number | undefined {
  const sign = text.charCodeAt(19);
  if (text.length === 20) return sign === LETTER_Z ? 0 : undefined;
  if ((sign !== HYPHEN && sign !== PLUS) || text.charCodeAt(22) !== COLON) return undefined;
  const hours = twoDigits(text, 20);
  const minutes = twoDigits(text, 23);
  if (!(hours <= 13 && minutes <= 59)) return undefined;
  return (sign === HYPHEN ? -1 : 1) * (hours * 60 + minutes);
}

const PLUS = 0x2b;
const HYPHEN = 0x2d;
const ZERO = 0x30;
const COLON = 0x3a;
const LETTER_T = 0x54;
const LETTER_Z = 0x5a;

/** The number that two digits are; not a number when one of them is none. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Turns a time with offset into wall clock time of the zone; a time without offset is wall clock time already. */
export function inZone(parts: DateTimeParts, timeZone: string): DateTimeParts {
  if (parts.offset === undefined || parts.hour === undefined) return parts;
  const sign = parts.offset.startsWith("-") ? -1 : 1;
  const given =
    parts.offset === "Z" ? 0 : sign * (Number(parts.offset.slice(1, 3)) * 60 + Number(parts.offset.slice(4, 6)));
  const instant = utcMilliseconds(parts) - given * 60_000;
  const own = offsetMinutesAt(instant, timeZone);
  // Most times come with the offset that the zone has then.
  if (own === given && isWhole(parts)) return { ...parts, offset: undefined };
  const local = new Date(instant + own * 60_000);
  return {
    year: pad(local.getUTCFullYear(), 4),
    month: pad(local.getUTCMonth() + 1),
    day: pad(local.getUTCDate()),
    hour: pad(local.getUTCHours()),
    minute: pad(local.getUTCMinutes()),
    second: pad(local.getUTCSeconds()),
    fraction: parts.fraction,
  };
}

/** Whether a time is told to the second, and is one that clocks show: a leap second is the first of the next minute. */
function isWhole({ minute, second }: DateTimeParts): boolean {
  return minute !== undefined && second !== undefined && second !== "60";
}

/** The first day of a year or month without one. */
export function withDay(parts: DateTimeParts): DateTimeParts {
  return { ...parts, month: parts.month ?? "01", day: parts.day ?? "01" };
}

/** Date part as text, with the precision that is there. */
export function formatDate({ year, month, day }: DateTimeParts): string {
  if (month === undefined) return year;
  return day === undefined ? `${year}-${month}` : `${year}-${month}-${day}`;
}

/** Time part as text, seconds always written; a fraction of nothing but zeros is dropped. */
export function formatTime(parts: DateTimeParts): string {
  const fraction = parts.fraction?.replace(/0+$/, "") ?? "";
  return `${parts.hour ?? "00"}:${parts.minute ?? "00"}:${parts.second ?? "00"}${fraction === "" ? "" : `.${fraction}`}`;
}

/** A moment as wall clock time of a zone without offset, to the second: how openEHR times are written here. */
export function wallClock(moment: Date, timeZone: string): string {
  const instant = Math.floor(moment.getTime() / 1000) * 1000;
  return new Date(instant + offsetMinutesAt(instant, timeZone) * 60_000).toISOString().slice(0, 19);
}
