import { digitsAt } from "../../fhir/json.js";
import { NumberText } from "../../openehr/json/number-text.js";

/**
 * A value of a composition or of FHIR as a text that is equal for equal data (fhirconnect-language 7, rule 4): all members in
 * one order, numbers by their value and not by trailing zeros. Strings cannot be taken for anything else.
 */
export function canonicalText(value: unknown): string {
  return textOf(value, undefined);
}

function textOf(value: unknown, digits: string | undefined): string {
  if (value instanceof NumberText) return plainNumber(value.text);
  if (typeof value === "number") return plainNumber(digits ?? String(value));
  if (Array.isArray(value)) return `[${value.map((item, at) => textOf(item, digitsAt(value, at))).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  const members = value as Readonly<Record<string, unknown>>;
  const written = Object.keys(members)
    .filter((name) => members[name] !== undefined)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${textOf(members[name], digitsAt(value, name))}`);
  return `{${written.join(",")}}`;
}

/** Zeros at the end of a fraction say how exactly a number was measured, not another number. */
function plainNumber(text: string): string {
  return /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, "") : text;
}
