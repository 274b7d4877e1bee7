import { Problem } from "../../../errors/problem.js";
import { leftOutBecause } from "../../building/left-out.js";
import { parseExactJson } from "../../json/read-json.js";
import type { RmObject } from "../../rm/rm-object.js";
import { readCanonicalJson } from "../canonical-json.js";
import type { FlatKeys } from "./flat-keys.js";

/** Whether a place is given as canonical JSON: `|raw`, and nothing beside or below it (openehr-formats 10.2). */
export function isRaw(keys: FlatKeys): boolean {
  return keys.hasOnly("raw");
}

/**
 * The object that `|raw` holds as canonical JSON in a text. `@class` is read as `_type`.
 * @param declaredType the class that is expected; any when it is not given
 * @returns undefined when there is none or it is of another class, which is reported
 */
export function readRawObject(keys: FlatKeys, declaredType?: string): RmObject | undefined {
  const text = keys.text("raw");
  return text === undefined ? undefined : objectIn(text, keys, "raw", declaredType);
}

/**
 * The object that a plain value holds as canonical JSON in a text. The SDK writes values of classes without a form of their own
 * in this way (openehr-formats 9).
 * @returns undefined when the plain value is anything else
 */
export function readWholeObject(keys: FlatKeys, declaredType: string): RmObject | undefined {
  const plain = [...keys.members()].find(([attribute]) => attribute === "")?.[1];
  if (typeof plain !== "string" || !plain.startsWith("{")) return undefined;
  keys.consume("");
  return objectIn(plain, keys, "", declaredType);
}

function objectIn(text: string, keys: FlatKeys, attribute: string, declaredType?: string): RmObject | undefined {
  try {
    const onLeftOut = (path: string): void => keys.leaveOut(attribute, leftOutBecause.noAttribute, ` ${path}`);
    return readCanonicalJson(parseExactJson(text.replaceAll('"@class"', '"_type"')), declaredType, onLeftOut);
  } catch (error) {
    if (!(error instanceof Problem || error instanceof SyntaxError)) throw error;
    const reason = error instanceof Problem ? `: ${error.message}` : "";
    keys.invalid(attribute, `must be one openEHR object in canonical JSON${reason}`);
    return undefined;
  }
}
