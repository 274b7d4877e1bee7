const LONGEST = 64;
const DURATION =
  /^([+-]?)P(?:([+-]?\d+)Y)?(?:([+-]?\d+)M)?(?:([+-]?\d+)W)?(?:([+-]?\d+)D)?(?:T(?:([+-]?\d+)H)?(?:([+-]?\d+)M)?(?:([+-]?\d+(?:[.,]\d+)?)S)?)?$/i;

const LETTERS = ["Y", "M", "W", "D", "H", "TM", "S"];
const SECONDS_IN_DAY = 86_400;
/** Length of a year and of a month on average, as the openEHR specification counts them. */
const DAYS_IN_YEAR = 365.24;
const DAYS_IN_MONTH = 30.42;

/** The parts of a duration by what they count. */
export interface DurationParts {
  readonly years: number;
  readonly months: number;
  readonly days: number;
  readonly seconds: number;
}

/** The numbers of an ISO 8601 duration by its letters, `TM` for minutes; undefined when the text is no duration. */
export function durationLetters(text: string): ReadonlyMap<string, number> | undefined {
  const match = text.length > LONGEST ? null : DURATION.exec(text);
  if (match === null) return undefined;
  return new Map(LETTERS.map((letter, at) => [letter, numberOf(match[at + 2])]));
}

/** Approximate length of an ISO 8601 duration in seconds, for comparing; undefined when the text is no duration. */
export function durationSeconds(text: string): number | undefined {
  const match = text.length > LONGEST ? null : DURATION.exec(text);
  if (match === null) return undefined;
  const [, sign, years, months, weeks, days, hours, minutes, seconds] = match;
  const length = approximateSeconds({
    years: numberOf(years),
    months: numberOf(months),
    days: numberOf(weeks) * 7 + numberOf(days),
    seconds: numberOf(hours) * 3600 + numberOf(minutes) * 60 + numberOf(seconds),
  });
  return sign === "-" ? -length : length;
}

/** Approximate length in seconds; years and months count as long as they are on average. */
export function approximateSeconds({ years, months, days, seconds }: DurationParts): number {
  return (years * DAYS_IN_YEAR + months * DAYS_IN_MONTH + days) * SECONDS_IN_DAY + seconds;
}

function numberOf(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits.replace(",", "."));
}
