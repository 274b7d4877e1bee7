/** JSON as it comes from the wire. FHIR resources stay in this shape; nothing is wrapped until a path asks for it. */
export type JsonPrimitive = string | number | boolean | null;
export type JsonValue = JsonPrimitive | JsonObject | JsonValue[];
export interface JsonObject {
  [member: string]: JsonValue | undefined;
}

/** Names a member of objects and lists that neither `JSON.stringify` nor a walk over names sees, and that copies take along. */
const digits = Symbol("digits");

type WithDigits = { [digits]?: Readonly<Record<string, string>> };

/**
 * Notes with which digits a number of an object or list was written, where the double that stands there would be written with
 * others: `65.0` (docs/decisions/0005-numbers.md).
 */
export function noteDigits(holder: object, member: string | number, text: string): void {
  const own = holder as WithDigits;
  own[digits] = { ...own[digits], [member]: text };
}

/** The digits noted for a number; undefined where the double says it all. */
export function digitsAt(holder: object, member: string | number): string | undefined {
  return (holder as WithDigits)[digits]?.[member];
}

/** All that is noted for an object or list: digits by member. */
export function notedDigits(holder: object): Readonly<Record<string, string>> | undefined {
  return (holder as WithDigits)[digits];
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
