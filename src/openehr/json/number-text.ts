import { markedNumber } from "./number-marking.js";

/**
 * A number with the digits it was written with, where the double alone would not give them back: `65.0`, `100.10`,
 * `9007199254740993`. Immutable. In comparisons, arithmetic and plain `JSON.stringify` it is the nearest double;
 * `writeJson` writes its digits.
 */
export class NumberText {
  readonly text: string;

  /** @param text a number as JSON writes it */
  constructor(text: string) {
    this.text = text;
  }

  valueOf(): number {
    return Number(this.text);
  }

  toString(): string {
    return this.text;
  }

  toJSON(): number | string {
    return markedNumber(this.text);
  }
}

/** A number of a document: a double where that says it all. */
export type ExactNumber = number | NumberText;

export function isExactNumber(value: unknown): value is ExactNumber {
  return typeof value === "number" || value instanceof NumberText;
}

/** The number for a text in the form of JSON; its digits are kept where the shortest double has others. */
export function exactNumber(text: string): ExactNumber {
  return isShortestText(text) ? Number(text) : new NumberText(text);
}

/** A number as JSON writes it. */
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

export function isJsonNumber(text: string): boolean {
  return JSON_NUMBER.test(text);
}

const ZERO = 0x30;
const NINE = 0x39;
/** Decimals with as many significant digits come back from a double as they went in. */
const DIGITS_OF_ANY_DOUBLE = 15;

/** Whether the shortest text of the double that is nearest to a JSON number is the very text. */
export function isShortestText(text: string): boolean {
  return isShortAndPlain(text) || String(Number(text)) === text;
}

/** Most numbers are: no sign, no exponent, few digits, and no zero at either end that could be one too many. */
function isShortAndPlain(text: string): boolean {
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  if (text.length > DIGITS_OF_ANY_DOUBLE || first <= ZERO || first > NINE || last <= ZERO) return false;
  for (let at = 1; at < text.length; at++) if (text.charCodeAt(at) > NINE) return false;
  return true;
}
