import type { JsonPrimitive, JsonValue } from "../../../src/fhir/json.js";

export type JsonPath = readonly (string | number)[];

/** A primitive in a document. */
export interface Leaf {
  readonly path: JsonPath;
  readonly value: JsonPrimitive;
}

/** All primitives of a document in document order. */
export function leavesOf(document: JsonValue, path: JsonPath = [], found: Leaf[] = []): readonly Leaf[] {
  if (typeof document !== "object" || document === null) {
    found.push({ path, value: document });
    return found;
  }
  for (const [key, value] of Object.entries(document)) {
    if (value === undefined) continue;
    leavesOf(value, [...path, Array.isArray(document) ? Number(key) : key], found);
  }
  return found;
}

/** All lists of a document with at least one object in them. */
export function listsOf(document: JsonValue, path: JsonPath = [], found: JsonPath[] = []): readonly JsonPath[] {
  if (typeof document !== "object" || document === null) return found;
  if (Array.isArray(document) && document.some((item) => typeof item === "object" && item !== null)) found.push(path);
  for (const [key, value] of Object.entries(document)) {
    if (value === undefined) continue;
    listsOf(value, [...path, Array.isArray(document) ? Number(key) : key], found);
  }
  return found;
}

/** What stands at a path. */
export function at(document: JsonValue, path: JsonPath): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, JsonValue | undefined>)[step];
  }
  return value;
}

/** A path without the positions in lists, the way a rule sees it: `/content[]/value`. */
export function generalPath(path: JsonPath): string {
  return path.map((step) => (typeof step === "number" ? "[]" : `/${step}`)).join("");
}

/** A JSON Pointer of a path. */
export function pointerOf(path: JsonPath): string {
  return path.map((step) => `/${step}`).join("");
}

/** Puts another value at a path of a document. */
export function replaceAt(document: JsonValue, path: JsonPath, value: JsonValue): void {
  const holder = at(document, path.slice(0, -1));
  const last = path.at(-1);
  if (typeof holder !== "object" || holder === null || last === undefined) throw new Error(`no ${pointerOf(path)}`);
  (holder as Record<string, JsonValue>)[last] = value;
}

/**
 * Another value of the same kind: another year for a date, another number, another text. A text does not contain the one
 * it replaces, as conditions look for parts of texts.
 */
export function anotherValue(value: JsonPrimitive, salt: number): JsonPrimitive {
  if (value === null) return "x";
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1 + salt;
  const date = /^(\d{4})(-\d\d(?:-\d\d(?:T.*)?)?)?$/.exec(value);
  if (date !== null) return `${Number(date[1]) - 1 - salt}${(date[2] ?? "").replace("-02-29", "-02-28")}`;
  if (/^-?\d+(\.\d+)?$/.test(value)) return String(Number(value) + 1 + salt);
  if (/^P(?:\d+[A-Z]|T)/.test(value)) return `P${3 + salt}D` === value ? "P9D" : `P${3 + salt}D`;
  return value.startsWith("http") ? `http://example.org/other${salt}` : `other${salt}`;
}
