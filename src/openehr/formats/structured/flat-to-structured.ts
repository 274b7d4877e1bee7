import { isExactNumber } from "../../json/number-text.js";
import { FlatFindings } from "../flat/flat-findings.js";
import { type FlatKeys, parseFlatKeys } from "../flat/flat-keys.js";
import { type JsonObject, type JsonValue, jsonTypeOf } from "../json.js";
import { FLAT_PATH_INVALID, FLAT_VALUE_INVALID } from "../problems.js";

/**
 * Turns a FLAT document into a STRUCTURED one (openehr-formats 14): one array per name, in the order of the indexes,
 * gaps closed; the first root stands by itself. A plain value beside other keys becomes `|value`, or the member with
 * the empty name where a `|value` is given as well.
 * @param document the parsed JSON of a FLAT document
 * @throws Problem `FLAT_…` for what is no FLAT document; the other findings are in `others`
 */
export function flatToStructured(document: unknown): JsonObject {
  const findings = new FlatFindings();
  const keys = parseFlatKeys(document, findings);
  const members = structuredMembers(keys, findings);
  findings.throwIfAny();
  const [first, ...others] = members;
  if (first === undefined) return {};
  const [name, roots] = first;
  const [root, ...more] = roots as JsonValue[];
  return Object.fromEntries([more.length === 0 && root !== undefined ? [name, root] : first, ...others]);
}

function structuredMembers(keys: FlatKeys, findings: FlatFindings): readonly (readonly [string, JsonValue])[] {
  const members: (readonly [string, JsonValue])[] = [];
  for (const name of keys.childNames) {
    const occurrences: JsonValue[] = [];
    for (const [, below] of keys.occurrences(name)) {
      // A segment without name would be read as the place it stands in.
      if (name === "" || name.startsWith("|")) {
        findings.report(FLAT_PATH_INVALID, below.path, `The path "${below.path.slice(0, 200)}" has an empty segment.`);
      } else occurrences.push(structuredValue(below, findings));
    }
    if (occurrences.length > 0) members.push([name, occurrences]);
  }
  return members;
}

function structuredValue(keys: FlatKeys, findings: FlatFindings): JsonValue {
  const below = structuredMembers(keys, findings);
  if (below.length === 0 && keys.hasOnly("")) {
    for (const [, value] of keys.members()) return scalar(value, keys, findings);
  }
  const attributes: (readonly [string, JsonValue])[] = [];
  for (const [attribute, value] of keys.members()) {
    const name = attribute !== "" ? `|${attribute}` : keys.has("value") ? "" : "|value";
    attributes.push([name, scalar(value, keys, findings)]);
  }
  return Object.fromEntries([...below, ...attributes]);
}

function scalar(value: unknown, keys: FlatKeys, findings: FlatFindings): JsonValue {
  const given: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (given === null || typeof given === "string" || isExactNumber(given) || typeof given === "boolean") {
    return given;
  }
  const valueType = jsonTypeOf(given);
  const message = `A value of "${keys.path}" must be a text, a number or a boolean.`;
  findings.report(FLAT_VALUE_INVALID, keys.path, message, valueType);
  return null;
}
