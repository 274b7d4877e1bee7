import { stringifyMarked } from "./number-marking.js";

/**
 * Writes a JSON document as `JSON.stringify` does, but every `NumberText` in it with its own digits.
 * @param indent blanks per level; without it the document has no layout
 */
export function writeJson(value: unknown, indent?: number): string {
  return stringifyMarked(value, indent);
}
