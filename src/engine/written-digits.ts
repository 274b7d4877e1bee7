import type { OnDigits } from "../fhir/bundle/write-fhir-json.js";
import { noteDigits, notedDigits } from "../fhir/json.js";
import { NumberText } from "../openehr/json/number-text.js";

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
