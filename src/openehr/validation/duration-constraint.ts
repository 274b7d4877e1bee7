import { normalDuration } from "../rm/duration-text.js";
import type { TemplateInput, TemplateRange } from "../template/template.js";
import { durationLetters, durationSeconds } from "./duration-seconds.js";
import { NO_FINDINGS, type ValueFinding } from "./value-finding.js";

interface DurationBound {
  readonly seconds: number;
  readonly text: string;
  readonly operator: ">=" | ">" | "<=" | "<";
}

const NOTHING: DurationBound = { seconds: 0, text: "PT0S", operator: ">=" };

/**
 * What a C_DURATION demands (openehr-formats 2.2 and 19.2): the parts of its pattern, and a length in its range, by
 * approximate seconds. Without a lower bound, and where the template says nothing, durations are not negative.
 */
export function durationConstraint(
  constraint: TemplateInput | undefined,
): (text: string | undefined) => readonly ValueFinding[] {
  const { pattern, range } = constraint?.validation ?? {};
  const letters = pattern === undefined ? undefined : lettersOf(pattern);
  const bounds = [boundOf(range, "min") ?? NOTHING, boundOf(range, "max")].filter((bound) => bound !== undefined);
  return (text) => {
    if (text !== undefined && letters !== undefined && !hasOnly(letters, text)) {
      const message = `The value ${text} must match ${pattern}`;
      return [{ rule: "template-value", message, expected: pattern ?? "", found: text }];
    }
    const seconds = text === undefined ? undefined : durationSeconds(text);
    const broken = bounds.filter((bound) => seconds === undefined || !isOnSide(seconds, bound));
    if (broken.length === 0) return NO_FINDINGS;
    return broken.map(({ operator, text: limit }) => ({
      rule: "template-value",
      message: `The value ${text ?? "empty"} must be ${operator} ${limit}`,
      expected: `${operator} ${limit}`,
      ...(text === undefined ? {} : { found: text }),
    }));
  };
}

/** The letters of a pattern, `TM` for minutes; undefined when it has none. */
export function lettersOf(pattern: string): ReadonlySet<string> | undefined {
  const [date = "", time = ""] = pattern.trim().toUpperCase().split("T");
  const letters = [...date]
    .filter((letter) => "YMWD".includes(letter))
    .concat([...time].filter((letter) => "HMS".includes(letter)).map((letter) => (letter === "M" ? "TM" : letter)));
  return letters.length === 0 ? undefined : new Set(letters);
}

/**
 * Whether a duration has no part but those of a pattern. Durations are held in normal form, where weeks are days and seconds
 * fill minutes and minutes hours: larger parts count as what they may have been written as.
 */
function hasOnly(letters: ReadonlySet<string>, text: string): boolean {
  const parts = durationLetters(text);
  if (parts === undefined) return true;
  for (const [letter, number] of parts) {
    if (number === 0 || letters.has(letter)) continue;
    const isSmaller =
      (letter === "D" && letters.has("W") && number % 7 === 0) ||
      (letter === "W" && letters.has("D")) ||
      (letter === "H" && (letters.has("TM") || letters.has("S"))) ||
      (letter === "TM" && letters.has("S"));
    if (!isSmaller) return false;
  }
  return true;
}

function boundOf(range: TemplateRange | undefined, side: "min" | "max"): DurationBound | undefined {
  const bound = range?.[side];
  const normal = typeof bound === "string" ? normalDuration(bound.trim()) : undefined;
  if (normal === undefined || "reason" in normal) return undefined;
  const seconds = durationSeconds(normal.text);
  if (seconds === undefined) return undefined;
  const operator = side === "min" ? (range?.minOp ?? ">=") : (range?.maxOp ?? "<=");
  return { seconds, text: seconds === 0 ? NOTHING.text : normal.text, operator };
}

function isOnSide(value: number, { operator, seconds }: DurationBound): boolean {
  switch (operator) {
    case ">=":
      return value >= seconds;
    case ">":
      return value > seconds;
    case "<=":
      return value <= seconds;
    case "<":
      return value < seconds;
    default:
      return operator satisfies never;
  }
}
