import type { RmPrimitive } from "../rm/rm-object.js";

/**
 * Reads a primitive of canonical JSON (openehr-formats 15.1): numbers may come as texts, a fraction of a whole number is
 * cut off, booleans may come as the texts `true` and `false`.
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
      return number === undefined ? { reason: "must be a whole number" } : Math.trunc(number);
    }
    case "DOUBLE":
      return numberFrom(value) ?? { reason: "must be a number" };
    default:
      return typeof value === "string" ? value : { reason: "must be a text" };
  }
}

function numberFrom(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return typeof value === "string" ? numberFromText(value) : undefined;
}

/** The number a text stands for in JSON or Java notation, or undefined; hexadecimal and empty texts are no numbers. */
export function numberFromText(text: string): number | undefined {
  if (text.length > 400 || !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}
