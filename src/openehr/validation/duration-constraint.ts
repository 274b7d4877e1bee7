import type { TemplateInput, TemplateRange } from "../template/template.js";
import { approximateSeconds, durationSeconds } from "./duration-seconds.js";
import { NO_FINDINGS, type ValueFinding } from "./value-finding.js";

interface DurationBound {
  readonly seconds: number;
  readonly text: string;
  readonly operator: ">=" | ">" | "<=" | "<";
}

/**
 * What the inputs of a DV_DURATION demand (openehr-formats 19.2): the sum of the minima of its components, and the sum of
 * their maxima where there are any, compared by approximate length.
 */
export function durationConstraint(
  inputs: readonly TemplateInput[],
): ((text: string | undefined) => readonly ValueFinding[]) | undefined {
  const bounds = [boundOf(inputs, "min"), boundOf(inputs, "max")].filter((bound) => bound !== undefined);
  if (bounds.length === 0) return undefined;
  return (text) => {
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

function boundOf(inputs: readonly TemplateInput[], side: "min" | "max"): DurationBound | undefined {
  const parts = new Map<string, number>();
  const operators: DurationBound["operator"][] = [];
  for (const { suffix = "", validation } of inputs) {
    const limit = validation?.range?.[side];
    if (typeof limit !== "number") continue;
    parts.set(suffix, limit);
    const operator = operatorOf(validation?.range, side);
    if (operator !== undefined) operators.push(operator);
  }
  if (parts.size === 0) return undefined;
  const part = (name: string): number => parts.get(name) ?? 0;
  const days = part("week") * 7 + part("day");
  const [hours, minutes, seconds] = [part("hour"), part("minute"), part("second")];
  const strict = operators.find((operator) => operator === ">" || operator === "<");
  return {
    seconds: approximateSeconds({
      years: part("year"),
      months: part("month"),
      days,
      seconds: hours * 3600 + minutes * 60 + seconds,
    }),
    text: boundText([part("year"), part("month"), days], [hours, minutes, seconds]),
    operator: strict ?? operators[0] ?? (side === "min" ? ">=" : "<="),
  };
}

function operatorOf(range: TemplateRange | undefined, side: "min" | "max"): DurationBound["operator"] | undefined {
  return side === "min" ? range?.minOp : range?.maxOp;
}

function boundText(period: readonly number[], time: readonly number[]): string {
  const written = (parts: readonly number[], units: string): string =>
    parts.map((part, index) => (part === 0 ? "" : `${part}${units[index]}`)).join("");
  const timeText = written(time, "HMS");
  const text = `P${written(period, "YMD")}${timeText === "" ? "" : `T${timeText}`}`;
  return text === "P" ? "PT0S" : text;
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
