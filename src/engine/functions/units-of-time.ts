/** UCUM units of time that dosages use, as ISO 8601 writes them. */
const isoParts: ReadonlyMap<string, readonly [prefix: "P" | "PT", letter: string]> = new Map([
  ["a", ["P", "Y"]],
  ["mo", ["P", "M"]],
  ["wk", ["P", "W"]],
  ["d", ["P", "D"]],
  ["h", ["PT", "H"]],
  ["min", ["PT", "M"]],
  ["s", ["PT", "S"]],
]);

/** Units below a week: what a daily dosage is timed in. */
export const dailyUnits: ReadonlySet<string> = new Set(["d", "h", "min", "s"]);
/** Units from a day on: what a non-daily dosage is timed in. */
export const nonDailyUnits: ReadonlySet<string> = new Set(["d", "wk", "mo", "a"]);

/** Units that have a fixed number of seconds, the longest first. */
const secondsOf: readonly (readonly [unit: string, seconds: number])[] = [
  ["wk", 604_800],
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];

/**
 * One amount of one unit as an ISO 8601 duration: `PT8H`. openEHR has fractions of seconds only, so that half an hour more is
 * `PT8H30M`. Undefined for a unit that is not one of time, for a fraction of a month or year, and for less than nothing.
 */
export function isoDuration(amount: number, unit: string): string | undefined {
  const part = isoParts.get(unit);
  if (part === undefined || amount < 0) return undefined;
  if (Number.isInteger(amount) || unit === "s") return `${part[0]}${amount}${part[1]}`;
  const from = secondsOf.findIndex(([name]) => name === unit);
  return from < 0 ? undefined : durationOfSeconds(amount * (secondsOf[from]?.[1] ?? 0), from);
}

/** Seconds in components of the units from one on; weeks, which stand alone in openEHR, as days. */
function durationOfSeconds(seconds: number, from: number): string {
  let rest = Number(seconds.toFixed(9));
  let date = "";
  let time = "";
  for (const [unit, length] of secondsOf.slice(Math.max(from, 1))) {
    const count = unit === "s" ? Number(rest.toFixed(9)) : Math.floor(rest / length);
    rest -= count * length;
    if (count === 0) continue;
    if (unit === "d") date = `${count}D`;
    else time += `${count}${isoParts.get(unit)?.[1]}`;
  }
  return `P${date}${time === "" ? "" : `T${time}`}`;
}

const single = /^P(?:(\d+(?:\.\d+)?)([YMWD])|T(\d+(?:\.\d+)?)([HMS]))$/;
const combined = /^P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/;
const dateUnits: Readonly<Record<string, string>> = { Y: "a", M: "mo", W: "wk", D: "d" };
const timeUnits: Readonly<Record<string, string>> = { H: "h", M: "min", S: "s" };

/**
 * An ISO 8601 duration as one amount of one UCUM unit: a single component as it is, days with a time as the largest of
 * hours, minutes and seconds that is at least one. Undefined for anything else.
 */
export function amountOfTime(text: string): { readonly amount: number; readonly unit: string } | undefined {
  const one = single.exec(text);
  if (one !== null) {
    const unit = one[2] === undefined ? timeUnits[one[4] ?? ""] : dateUnits[one[2]];
    return unit === undefined ? undefined : { amount: Number(one[1] ?? one[3]), unit };
  }
  const several = combined.exec(text);
  if (several === null) return undefined;
  const [days, hours, minutes, seconds] = several.slice(1).map((part) => Number(part ?? "0")) as [
    number,
    number,
    number,
    number,
  ];
  const total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
  if (total >= 3600) return { amount: total / 3600, unit: "h" };
  return total >= 60 ? { amount: total / 60, unit: "min" } : { amount: total, unit: "s" };
}
