import { numbersWithDigits } from "./number-literals.js";
import { NUMBER_MARK } from "./number-marking.js";
import { NumberText } from "./number-text.js";

/**
 * Reads JSON as `JSON.parse` does, but with a `NumberText` for every number whose digits the shortest double does not
 * give back (docs/decisions/0005-numbers.md): trailing zeros, more digits than a double has, a decimal with an exponent.
 * Costs little more than `JSON.parse`: such numbers are looked for by their decimal points and long rows of digits.
 * @param put called for each such number with the object or list it stands in; without it the number is put there
 * @throws SyntaxError as `JSON.parse` does
 */
export function parseExactJson(text: string, put: PutNumber = putThere): unknown {
  const numbers = numbersWithDigits(text);
  if (numbers.length === 0) return JSON.parse(text);
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of numbers) {
    parts.push(text.slice(at, start), '"', NUMBER_MARK, text.slice(start, end), '"');
    at = end;
  }
  parts.push(text.slice(at));
  let document: unknown;
  try {
    document = JSON.parse(parts.join(""));
  } catch (error) {
    // The same fault, at the place it has in the text that was given.
    JSON.parse(text);
    throw error;
  }
  return withNumbers(document, numbers.length, put);
}

/** What becomes of a number with digits of its own, in a document that is new and nobody else's. */
export type PutNumber = (
  owner: unknown[] | Record<string, unknown>,
  member: string | number,
  number: NumberText,
) => void;

function putThere(owner: unknown[] | Record<string, unknown>, member: string | number, number: NumberText): void {
  (owner as Record<string | number, unknown>)[member] = number;
}

/** Puts numbers in place of the marked texts. */
function withNumbers(document: unknown, count: number, put: PutNumber): unknown {
  if (typeof document === "string") return new NumberText(document.slice(NUMBER_MARK.length));
  const pending = [document as unknown[] | Record<string, unknown>];
  let left = count;
  for (let owner = pending.pop(); owner !== undefined && left > 0; owner = pending.pop()) {
    if (Array.isArray(owner)) {
      for (let at = 0; at < owner.length; at++) {
        const value: unknown = owner[at];
        if (typeof value === "object") {
          if (value !== null) pending.push(value as Record<string, unknown>);
        } else if (isMarked(value)) {
          put(owner, at, new NumberText(value.slice(NUMBER_MARK.length)));
          left--;
        }
      }
    } else {
      for (const name in owner) {
        const value = owner[name];
        if (typeof value === "object") {
          if (value !== null) pending.push(value as Record<string, unknown>);
        } else if (isMarked(value)) {
          put(owner, name, new NumberText(value.slice(NUMBER_MARK.length)));
          left--;
        }
      }
    }
  }
  return document;
}

const MARK_START = NUMBER_MARK.charCodeAt(0);

function isMarked(value: unknown): value is string {
  // The first character tells nearly all texts apart.
  return typeof value === "string" && value.charCodeAt(0) === MARK_START && value.startsWith(NUMBER_MARK);
}
