import { isJsonObject, pointerStep, pointerSteps } from "./json-pointer.js";

/** The place where two documents first differ, and how. */
export interface Difference {
  /** JSON Pointer into both documents; empty for the root. */
  readonly path: string;
  readonly message: string;
}

const longestShownValue = 160;

/** A value as it is shown in a difference: JSON, shortened. */
export function shown(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > longestShownValue ? `${text.slice(0, longestShownValue)}… (${text.length} characters)` : text;
}

/**
 * Compares as JSONAssert in STRICT mode does (conformance README, "strict-json"): the same keys in any order, lists of the
 * same length in the same order, numbers by value, everything else exactly. Gives the first difference in the order of the
 * expected document, or undefined when there is none.
 */
export function firstDifference(expected: unknown, actual: unknown, path = ""): Difference | undefined {
  if (Array.isArray(expected)) {
    return Array.isArray(actual) ? listDifference(expected, actual, path) : valueDifference(expected, actual, path);
  }
  if (isJsonObject(expected)) {
    return isJsonObject(actual) ? objectDifference(expected, actual, path) : valueDifference(expected, actual, path);
  }
  return expected === actual ? undefined : valueDifference(expected, actual, path);
}

function objectDifference(
  expected: Record<string, unknown>,
  actual: Record<string, unknown>,
  path: string,
): Difference | undefined {
  for (const [key, value] of Object.entries(expected)) {
    const below = path + pointerStep(key);
    if (!Object.hasOwn(actual, key)) return { path: below, message: `missing, expected ${shown(value)}` };
    const difference = firstDifference(value, actual[key], below);
    if (difference !== undefined) return difference;
  }
  const extra = Object.keys(actual).find((key) => !Object.hasOwn(expected, key));
  if (extra === undefined) return undefined;
  return { path: path + pointerStep(extra), message: `not expected, got ${shown(actual[extra])}` };
}

function listDifference(
  expected: readonly unknown[],
  actual: readonly unknown[],
  path: string,
): Difference | undefined {
  const both = Math.min(expected.length, actual.length);
  let difference: Difference | undefined;
  for (let index = 0; index < both && difference === undefined; index++) {
    difference = firstDifference(expected[index], actual[index], path + pointerStep(index));
  }
  if (expected.length === actual.length) return difference;
  // The length comes first, because a missing member shifts all that follow; the member says where to look.
  const where = difference === undefined ? "" : `; first at ${difference.path}: ${difference.message}`;
  return { path, message: `expected ${expected.length} members, got ${actual.length}${where}` };
}

function valueDifference(expected: unknown, actual: unknown, path: string): Difference {
  return { path, message: `expected ${shown(expected)}, got ${shown(actual)}` };
}

/** The one ignored path that means less than it says: the `time` of ACTION entries only (conformance README). */
const actionTimePath = "/content/*/time";

/**
 * Gives a copy of the document without the given paths. A path is a JSON Pointer in which `*` stands for every index of
 * a list; a path that the document does not have is skipped. Throws when a path is not a JSON Pointer.
 */
export function withoutPaths(document: unknown, paths: readonly string[]): unknown {
  const copy = structuredClone(document);
  for (const path of paths) {
    const mayRemove =
      path === actionTimePath ? (owner: unknown) => isJsonObject(owner) && owner._type === "ACTION" : () => true;
    removePath(copy, pointerSteps(path), mayRemove);
  }
  return copy;
}

function removePath(owner: unknown, steps: readonly string[], mayRemove: (owner: unknown) => boolean): void {
  const [step, ...rest] = steps;
  if (step === undefined) return;
  if (Array.isArray(owner)) {
    // Backwards, so that removing a member does not move those still to come.
    for (let index = owner.length - 1; index >= 0; index--) {
      if (step !== "*" && step !== String(index)) continue;
      if (rest.length > 0) removePath(owner[index], rest, mayRemove);
      else if (mayRemove(owner)) owner.splice(index, 1);
    }
    return;
  }
  if (!isJsonObject(owner) || !Object.hasOwn(owner, step)) return;
  if (rest.length > 0) removePath(owner[step], rest, mayRemove);
  else if (mayRemove(owner)) delete owner[step];
}
