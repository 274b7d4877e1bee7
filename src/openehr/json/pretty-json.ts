import { NumberText } from "./number-text.js";

/** A JSON document that is going to be written; undefined members are left out. */
export type PrintedJson =
  | null
  | boolean
  | number
  | string
  | NumberText
  | readonly PrintedJson[]
  | { readonly [member: string]: PrintedJson | undefined };

/**
 * Writes JSON in the layout of the reference (openehr-formats 15.4): two spaces per level, a space on both sides of the
 * colon, arrays in one line with the objects in them.
 */
export function prettyJson(document: PrintedJson): string {
  const parts: string[] = [];
  print(document, "\n", parts);
  return parts.join("");
}

/** @param newline the line break with the indentation of the enclosing object */
function print(value: PrintedJson, newline: string, parts: string[]): void {
  if (typeof value === "string") parts.push(quoted(value));
  else if (value instanceof NumberText) parts.push(value.text);
  else if (typeof value !== "object" || value === null) parts.push(JSON.stringify(value));
  else if (isList(value)) printList(value, newline, parts);
  else printObject(value, newline, parts);
}

function isList(value: object): value is readonly PrintedJson[] {
  return Array.isArray(value);
}

function printList(list: readonly PrintedJson[], newline: string, parts: string[]): void {
  parts.push("[ ");
  for (const [at, item] of list.entries()) {
    if (at > 0) parts.push(", ");
    print(item, newline, parts);
  }
  parts.push(list.length === 0 ? "]" : " ]");
}

function printObject(
  object: { readonly [member: string]: PrintedJson | undefined },
  newline: string,
  parts: string[],
): void {
  const inner = `${newline}  `;
  parts.push("{");
  let isEmpty = true;
  for (const [member, value] of Object.entries(object)) {
    if (value === undefined) continue;
    parts.push(isEmpty ? inner : `,${inner}`, quoted(member), " : ");
    print(value, inner, parts);
    isEmpty = false;
  }
  parts.push(isEmpty ? " }" : `${newline}}`);
}

/** As JSON.stringify, but with upper-case digits where a control character has no short form. */
function quoted(text: string): string {
  const json = JSON.stringify(text);
  return json.includes("\\u") ? json.replace(/\\(?:u[0-9a-f]{4}|.)/g, upperCaseDigits) : json;
}

function upperCaseDigits(escaped: string): string {
  return escaped.startsWith("\\u") ? `\\u${escaped.slice(2).toUpperCase()}` : escaped;
}
