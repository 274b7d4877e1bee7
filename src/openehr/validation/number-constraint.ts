import { doubleText } from "../json/double-text.js";
import type { TemplateInput, TemplateRange } from "../template/template.js";
import { NO_FINDINGS, type ValueFinding } from "./value-finding.js";

const BOUND_TEXT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 3 });

type NumberCheck = (value: number | undefined) => readonly ValueFinding[];

/**
 * What a C_INTEGER or C_REAL demands of a number (openehr-formats 19.3): one of the values of its list, or its range.
 * Undefined when it demands nothing.
 */
export function numberConstraint(input: TemplateInput | undefined): NumberCheck | undefined {
  if (input === undefined || (input.type !== "INTEGER" && input.type !== "DECIMAL")) return undefined;
  const values = (input.list ?? []).map(({ value }) => Number(value));
  const ranges: TemplateRange[] = values.map((value) => ({ min: value, minOp: ">=", max: value, maxOp: "<=" }));
  if (input.validation?.range !== undefined) ranges.push(input.validation.range);
  return rangesConstraint(ranges, input.type === "DECIMAL");
}

/**
 * The check that a number lies in one of some ranges; undefined when there are none.
 * @param isDecimal whether numbers are shown as decimals: `8.0`
 */
export function rangesConstraint(ranges: readonly TemplateRange[], isDecimal: boolean): NumberCheck | undefined {
  if (ranges.length === 0) return undefined;
  const expected = ranges.map(rangeText).join(" or ");
  return (value) => {
    if (value !== undefined && ranges.some((range) => isWithin(value, range))) return NO_FINDINGS;
    const found = value === undefined ? undefined : isDecimal ? doubleText(value) : String(value);
    return [
      {
        rule: "template-value",
        message: `The value ${found ?? "empty"} must be ${expected}`,
        expected,
        ...(found === undefined ? {} : { found }),
      },
    ];
  };
}

/** Whether a number lies in a range of numbers. */
export function isWithin(value: number, { min, minOp, max, maxOp }: TemplateRange): boolean {
  if (Number.isNaN(value)) return false;
  if (typeof min === "number" && (minOp === ">" ? value <= min : value < min)) return false;
  return !(typeof max === "number" && (maxOp === "<" ? value >= max : value > max));
}

function rangeText({ min, minOp, max, maxOp }: TemplateRange): string {
  if (min !== undefined && min === max) return `equal to ${boundText(min)}`;
  const bounds: string[] = [];
  if (min !== undefined) bounds.push(`${minOp === ">" ? "greater than" : "at least"} ${boundText(min)}`);
  if (max !== undefined) bounds.push(`${maxOp === "<" ? "less than" : "at most"} ${boundText(max)}`);
  return bounds.join(" and ");
}

function boundText(bound: number | string): string {
  return typeof bound === "number" ? BOUND_TEXT.format(bound) : bound;
}
