import type { FhirNode } from "../../fhir/path/fhir-node.js";
import { type ExactNumber, exactNumber, isJsonNumber, NumberText } from "../../openehr/json/number-text.js";

const stringTypes: ReadonlySet<string> = new Set([
  "string",
  "markdown",
  "uri",
  "url",
  "canonical",
  "id",
  "oid",
  "uuid",
  "code",
  "base64Binary",
  "xhtml",
]);
const integerTypes: ReadonlySet<string> = new Set(["integer", "positiveInt", "unsignedInt", "integer64"]);
const quantityTypes: ReadonlySet<string> = new Set([
  "Quantity",
  "SimpleQuantity",
  "Age",
  "Count",
  "Distance",
  "Duration",
  "Money",
]);

export function isStringType(type: string): boolean {
  return stringTypes.has(type);
}

export function isIntegerType(type: string): boolean {
  return integerTypes.has(type);
}

/** Quantity and the types specialised from it. */
export function isQuantityType(type: string): boolean {
  return quantityTypes.has(type);
}

/** Text of a primitive as it stands in the JSON; undefined for complex types, absent and blank values. */
export function primitiveText(node: FhirNode): string | undefined {
  const { value } = node;
  if (typeof value === "string") return value.trim() === "" ? undefined : value;
  if (node.digits !== undefined) return node.digits;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return undefined;
}

/** Number in a primitive, also when it is written as text; undefined when it is none. */
export function primitiveNumber(node: FhirNode): number | undefined {
  return exactPrimitive(node)?.valueOf();
}

/** As {@link primitiveNumber}, with the digits that were written. */
export function exactPrimitive({ value, digits }: FhirNode): ExactNumber | undefined {
  if (digits !== undefined) return new NumberText(digits);
  if (typeof value === "number") return value;
  const text = typeof value === "string" ? value.trim() : "";
  if (isJsonNumber(text)) return exactNumber(text);
  const parsed = text === "" ? Number.NaN : Number(text);
  return Number.isFinite(parsed) ? parsed : undefined;
}
