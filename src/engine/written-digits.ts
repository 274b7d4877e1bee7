import type { OnDigits } from "../fhir/bundle/write-fhir-json.js";
import { digitsAt, isJsonObject, type JsonValue, noteDigits, notedDigits } from "../fhir/json.js";
import { NumberText } from "../openehr/json/number-text.js";
import { writeJson } from "../openehr/json/write-json.js";

/**
 * Has a number in a written FHIR object appear with its own digits when `writeJson` writes the document. Plain
 * `JSON.stringify`, and all who read the object, see the double (docs/decisions/0005-numbers.md).
 */
export const writeWithDigits: OnDigits = (holder, member, digits) => {
  noteDigits(holder, member, digits);
  Object.defineProperty(holder, "toJSON", { value: withDigits, configurable: true });
};

function withDigits(this: object): object {
  const shown: Record<string, unknown> = { ...this };
  for (const [member, digits] of Object.entries(notedDigits(this) ?? {})) shown[member] = new NumberText(digits);
  return shown;
}

/** The JSON text of a FHIR value that was read, each number with the digits it was read with. */
export function exactJson(value: JsonValue | undefined): string {
  return writeJson(shownWithDigits(value));
}

function shownWithDigits(value: JsonValue | undefined): unknown {
  if (Array.isArray(value)) return value.map(shownWithDigits);
  if (!isJsonObject(value)) return value;
  const shown: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const digits = typeof member === "number" ? digitsAt(value, name) : undefined;
    shown[name] = digits === undefined ? shownWithDigits(member) : new NumberText(digits);
  }
  return shown;
}
