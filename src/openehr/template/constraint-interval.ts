import type { XmlElement } from "../xml/xml-element.js";
import type { TemplateAttributeConstraint, TemplateRange } from "./template.js";
import { booleanAt } from "./xml-boolean.js";

/** Lower and upper number of occurrences, existence or cardinality; -1 stands for unbounded on either side. */
export interface Multiplicity {
  readonly min: number;
  readonly max: number;
}

/** Reads an IntervalOfInteger that counts (openehr-formats 2.2); a bound that is missing but not unbounded reads as 0. */
export function readMultiplicity(interval: XmlElement | undefined, otherwise: Multiplicity): Multiplicity {
  if (interval === undefined) return otherwise;
  return {
    min: booleanAt(interval, "lower_unbounded") === true ? -1 : readInteger(interval.textAt("lower")),
    max: booleanAt(interval, "upper_unbounded") === true ? -1 : readInteger(interval.textAt("upper")),
  };
}

/** Reads what a multiple attribute says of its members together; any number of them where it says nothing. */
export function readCardinality(
  cardinality: XmlElement | undefined,
): Pick<TemplateAttributeConstraint, "cardinality" | "isUnique"> {
  return {
    cardinality: readMultiplicity(cardinality?.child("interval"), { min: 0, max: -1 }),
    ...(cardinality !== undefined && booleanAt(cardinality, "is_unique") === true ? { isUnique: true } : {}),
  };
}

/**
 * Reads an IntervalOfInteger as range of values; exclusive bounds become inclusive ones (openehr-formats 4.7).
 * Undefined when neither side is bounded.
 */
export function readIntegerRange(interval: XmlElement | undefined): TemplateRange | undefined {
  const range = readBounds(interval, readInteger);
  if (range === undefined) return undefined;
  const { min, minOp, max, maxOp } = range;
  return {
    ...(min === undefined ? {} : { min: minOp === ">" ? min + 1 : min, minOp: ">=" }),
    ...(max === undefined ? {} : { max: maxOp === "<" ? max - 1 : max, maxOp: "<=" }),
  };
}

/**
 * Reads an IntervalOfReal with the decimal text as written. The web template of the reference rounds such bounds to
 * single precision (openehr-formats 2.2); that is left to those who publish, so that values are checked exactly.
 */
export function readRealRange(interval: XmlElement | undefined): TemplateRange | undefined {
  return readBounds(interval, readReal);
}

/** Reads an IntervalOfDuration, of dates or of times; bounds stay ISO 8601 texts. */
export function readTextRange(interval: XmlElement | undefined): TemplateRange | undefined {
  return readBounds(interval, (text) => text);
}

interface Bounds<Bound> {
  readonly min?: Bound;
  readonly minOp?: ">=" | ">";
  readonly max?: Bound;
  readonly maxOp?: "<=" | "<";
}

function readBounds<Bound>(
  interval: XmlElement | undefined,
  read: (text: string | undefined) => Bound | undefined,
): Bounds<Bound> | undefined {
  if (interval === undefined) return undefined;
  const min = booleanAt(interval, "lower_unbounded") === true ? undefined : read(interval.textAt("lower"));
  const max = booleanAt(interval, "upper_unbounded") === true ? undefined : read(interval.textAt("upper"));
  if (min === undefined && max === undefined) return undefined;
  return {
    ...(min === undefined ? {} : { min, minOp: booleanAt(interval, "lower_included") === false ? ">" : ">=" }),
    ...(max === undefined ? {} : { max, maxOp: booleanAt(interval, "upper_included") === false ? "<" : "<=" }),
  };
}

function readInteger(text: string | undefined): number {
  const value = Number(text ?? 0);
  return Number.isFinite(value) ? Math.trunc(value) : 0;
}

function readReal(text: string | undefined): number | undefined {
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
