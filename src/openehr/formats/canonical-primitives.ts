import { type ExactNumber, exactNumber, isExactNumber, isJsonNumber, NumberText } from "../json/number-text.js";
import type { RmPrimitive } from "../rm/rm-object.js";

/**
 * Reads a primitive of canonical JSON (openehr-formats 15.1): numbers may come as texts and keep their digits, a fraction of
 * a whole number is cut off, booleans may come as the texts `true` and `false`.
 * @param type STRING, CHARACTER, BYTES, BOOLEAN, INTEGER, LONG or DOUBLE
 * @returns the value, or the reason why it is none, without repeating it
 */
export function readCanonicalPrimitive(value: unknown, type: string): RmPrimitive | { readonly reason: string } {
  switch (type) {
    case "BOOLEAN":
      if (typeof value === "boolean") return value;
      if (value === "true" || value === "false") return value === "true";
      return { reason: "must be true or false" };
    case "INTEGER":
    case "LONG": {
      const number = numberFrom(value);
      return number === undefined ? { reason: "must be a whole number" } : wholePart(number);
    }
    case "DOUBLE":
      return numberFrom(value) ?? { reason: "must be a number" };
    default:
      return typeof value === "string" ? value : { reason: "must be a text" };
  }
}

function numberFrom(value: unknown): ExactNumber | undefined {
  if (isExactNumber(value)) return Number.isFinite(Number(value)) ? value : undefined;
  return typeof value === "string" ? numberFromText(value) : undefined;
}

/** A number without its fraction; what is too long for a double keeps all its digits. */
export function wholePart(number: ExactNumber): ExactNumber {
  if (!(number instanceof NumberText)) return Math.trunc(number);
  const [whole = ""] = number.text.split(".", 1);
  return /[eE]/.test(number.text) ? Math.trunc(number.valueOf()) : exactNumber(whole === "-0" ? "0" : whole);
}

/** The number a text stands for in JSON or Java notation, or undefined; hexadecimal and empty texts are no numbers. */
export function numberFromText(text: string): ExactNumber | undefined {
  if (text.length > 400 || !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text)) return undefined;
  const number = Number(text);
  if (!Number.isFinite(number)) return undefined;
  const trimmed = text.trim();
  return isJsonNumber(trimmed) ? exactNumber(trimmed) : number;
}
