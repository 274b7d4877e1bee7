import { type ExactNumber, NumberText } from "../json/number-text.js";

/** A JSON document as `JSON.parse` or `parseExactJson` gives it. */
export type JsonValue = null | boolean | ExactNumber | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [member: string]: JsonValue | undefined;
}

/** The JSON name of what a value is, for messages: `object`, `array`, `string`, `number`, `boolean` or `null`. */
export function jsonTypeOf(value: unknown): string {
  if (value === null) return "null";
  if (value instanceof NumberText) return "number";
  return Array.isArray(value) ? "array" : typeof value;
}
