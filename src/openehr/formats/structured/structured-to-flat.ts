import { Problem } from "../../../errors/problem.js";
import { isExactNumber } from "../../json/number-text.js";
import type { FlatNames, FlatStep } from "../../template/flat-names.js";
import type { FlatScalar } from "../flat/flat-data-type.js";
import { jsonTypeOf } from "../json.js";
import { FLAT_PATH_DUPLICATE, STRUCTURED_NOT_AN_OBJECT, STRUCTURED_TOO_LARGE } from "../problems.js";

/** Deepest nesting of objects and arrays that is read; real documents stay below 60. */
const DEEPEST = 200;
/** Length of all FLAT paths together: every value repeats the names above it. */
const MOST_PATH_CHARACTERS = 50_000_000;

/**
 * Turns a STRUCTURED document into a FLAT one (openehr-formats 14). An array whose elements hold values becomes
 * occurrences `:1`, `:2`, …; elements that hold nothing but `_` members are parts of one object, unless the template
 * says that they are occurrences of a node that repeats.
 * @param document the parsed JSON of a STRUCTURED document
 * @param names the FLAT names of the template, where it is known
 * @returns a new FLAT document, values as they are
 * @throws Problem `STRUCTURED_NOT_AN_OBJECT`, `STRUCTURED_TOO_LARGE`, or `FLAT_PATH_DUPLICATE` when two values have one
 *   path
 */
export function structuredToFlat(document: unknown, names?: FlatNames): Record<string, FlatScalar | null> {
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    const valueType = jsonTypeOf(document);
    throw new Problem(STRUCTURED_NOT_AN_OBJECT, `A STRUCTURED document is one JSON object, not ${valueType}.`, {
      valueType,
    });
  }
  const flattening = new Flattening();
  for (const [name, value] of Object.entries(document)) {
    flattening.value(name, value, name === names?.root.name ? names.root : undefined, 1);
  }
  return Object.fromEntries(flattening.keys);
}

class Flattening {
  readonly keys = new Map<string, FlatScalar | null>();
  #characters = 0;

  value(path: string, value: unknown, step: FlatStep | undefined, depth: number): void {
    if (depth > DEEPEST) this.#tooLarge(path, `is nested more than ${DEEPEST} levels deep`);
    if (Array.isArray(value)) this.#array(path, value, step, depth);
    else if (typeof value === "object" && value !== null && !isExactNumber(value))
      this.#object(path, value, step, depth);
    else if (value !== undefined) this.#put(path, value as FlatScalar | null);
  }

  #array(path: string, items: readonly unknown[], step: FlatStep | undefined, depth: number): void {
    const repeats = step?.segments.at(-1)?.node !== undefined;
    const isIndexed = items.length > 1 && (repeats || items.filter(holdsValue).length > 1);
    for (const [index, item] of items.entries()) {
      this.value(isIndexed && index > 0 ? `${path}:${index}` : path, item, step, depth + 1);
    }
  }

  #object(path: string, members: object, step: FlatStep | undefined, depth: number): void {
    for (const [name, value] of Object.entries(members)) {
      if (name === "") this.value(path, value, step, depth + 1);
      else if (name.startsWith("|")) this.value(`${path}${name}`, value, undefined, depth + 1);
      else this.value(`${path}/${name}`, value, step?.children.get(name), depth + 1);
    }
  }

  #put(path: string, value: FlatScalar | null): void {
    if (this.keys.has(path)) {
      const shown = path.slice(0, 200);
      throw new Problem(FLAT_PATH_DUPLICATE, `Two values have the path "${shown}".`, { path: shown });
    }
    this.#characters += path.length;
    if (this.#characters > MOST_PATH_CHARACTERS) this.#tooLarge(path, "makes the document too large");
    this.keys.set(path, value);
  }

  #tooLarge(path: string, what: string): never {
    const shown = path.slice(0, 200);
    throw new Problem(STRUCTURED_TOO_LARGE, `The place "${shown}" ${what}.`, { path: shown });
  }
}

/** Whether an element of an array is more than optional attributes of the object it belongs to. */
function holdsValue(item: unknown): boolean {
  if (typeof item !== "object" || item === null || isExactNumber(item)) return true;
  return Object.keys(item).some((name) => !name.startsWith("_"));
}
