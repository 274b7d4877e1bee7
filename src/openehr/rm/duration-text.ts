import type { NormalText } from "./temporal-text.js";

const LONGEST = 64;
const DURATION =
  /^([+-]?)P(?:([+-]?\d{1,9})Y)?(?:([+-]?\d{1,9})M)?(?:([+-]?\d{1,9})W)?(?:([+-]?\d{1,9})D)?(T(?:([+-]?\d{1,9})H)?(?:([+-]?\d{1,9})M)?(?:([+-]?)(\d{1,9})(?:[.,](\d{1,9}))?S)?)?$/i;

/**
 * Reads an ISO 8601 duration and writes it as the reference does (openehr-formats 17.4): weeks become days, a time part
 * is normalised to hours, minutes and seconds, years, months and days stay as they are. Negative components put one
 * sign in front of the whole.
 */
export function normalDuration(text: string): NormalText {
  const match = text.length > LONGEST ? null : DURATION.exec(text);
  if (match === null) return { reason: "is not an ISO 8601 duration (P1Y2M3DT4H5M6S)" };
  const [, sign, years, months, weeks, days, time, hours, minutes, secondSign, seconds, fraction] = match;
  const hasPeriod = [years, months, weeks, days].some((part) => part !== undefined);
  const hasTime = [hours, minutes, seconds].some((part) => part !== undefined);
  if (!hasPeriod && !hasTime) return { reason: "is a duration without any component" };
  if (time !== undefined && !hasTime) return { reason: "is a duration without a component after T" };
  const direction = sign === "-" ? -1 : 1;
  const wholeDays = numberOf(weeks) * 7 + numberOf(days);
  const period = [numberOf(years) * direction, numberOf(months) * direction, wholeDays * direction] as const;
  const nanoseconds =
    nanosecondsOf(hours, minutes, `${secondSign ?? ""}${seconds ?? "0"}`, fraction) * BigInt(direction);
  return { text: durationText(period, nanoseconds, hasPeriod) };
}

/** Builds the text of a duration from its components, as FLAT gives them one by one; see {@link normalDuration}. */
export function durationOf(components: {
  readonly years?: number | undefined;
  readonly months?: number | undefined;
  readonly weeks?: number | undefined;
  readonly days?: number | undefined;
  readonly hours?: number | undefined;
  readonly minutes?: number | undefined;
  readonly seconds?: number | undefined;
}): string {
  const { years, months, weeks, days, hours, minutes, seconds } = components;
  const hasPeriod = [years, months, weeks, days].some((part) => part !== undefined);
  const total = BigInt((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0));
  return durationText([years ?? 0, months ?? 0, (weeks ?? 0) * 7 + (days ?? 0)], total * 1_000_000_000n, hasPeriod);
}

function numberOf(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits);
}

function nanosecondsOf(
  hours: string | undefined,
  minutes: string | undefined,
  signedSeconds: string,
  fraction: string | undefined,
): bigint {
  const whole = BigInt(numberOf(hours)) * 3600n + BigInt(numberOf(minutes)) * 60n + BigInt(Number(signedSeconds));
  const part = BigInt((fraction ?? "").padEnd(9, "0"));
  return whole * 1_000_000_000n + (signedSeconds.startsWith("-") ? -part : part);
}

function durationText(
  period: readonly [years: number, months: number, days: number],
  nanoseconds: bigint,
  hasPeriod: boolean,
): string {
  const isNegative = period.some((part) => part < 0) || nanoseconds < 0n;
  const [years, months, days] = isNegative ? (period.map((part) => -part) as [number, number, number]) : period;
  const date = `${years === 0 ? "" : `${years}Y`}${months === 0 ? "" : `${months}M`}${days === 0 ? "" : `${days}D`}`;
  const time = timeText(isNegative ? -nanoseconds : nanoseconds);
  const sign = isNegative ? "-" : "";
  if (date === "" && time === "") return hasPeriod ? "P0D" : "PT0S";
  return `${sign}P${date}${time === "" ? "" : `T${time}`}`;
}

function timeText(nanoseconds: bigint): string {
  const totalSeconds = nanoseconds / 1_000_000_000n;
  const fraction = nanoseconds % 1_000_000_000n;
  const hours = totalSeconds / 3600n;
  const minutes = (totalSeconds % 3600n) / 60n;
  const seconds = totalSeconds % 60n;
  const isNegative = seconds < 0n || fraction < 0n;
  const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
  const digits = magnitude(fraction).toString().padStart(9, "0").replace(/0+$/, "");
  const secondText =
    seconds === 0n && fraction === 0n
      ? ""
      : `${isNegative ? "-" : ""}${magnitude(seconds)}${digits === "" ? "" : `.${digits}`}S`;
  return `${hours === 0n ? "" : `${hours}H`}${minutes === 0n ? "" : `${minutes}M`}${secondText}`;
}
