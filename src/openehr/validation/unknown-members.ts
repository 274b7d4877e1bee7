import { attributesOf } from "../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmValue } from "../rm/rm-object.js";
import { type ObjectPlace, placeOf, placeText, ROOT_PLACE } from "./object-place.js";
import type { ValidationFindings } from "./validation-finding.js";

/** Members that other programs write although they follow from the rest. */
const COMPUTED = new Set(["magnitude", "offset", "is_integral", "terminal"]);

/**
 * Reports the members of a canonical JSON document that the reference model has no attribute for, which reading leaves out
 * (openehr-formats 15.1). Members that begin with `_` or `@` are the format's own.
 * @param document the parsed JSON that the object was read from
 */
export function reportUnknownMembers(document: unknown, object: RmObject, findings: ValidationFindings): void {
  compare(document, object, ROOT_PLACE, findings);
}

function compare(document: unknown, object: RmObject, place: ObjectPlace, findings: ValidationFindings): void {
  const given: unknown = Array.isArray(document) && document.length === 1 ? document[0] : document;
  if (findings.isFull || typeof given !== "object" || given === null || given === object) return;
  const members = given as Readonly<Record<string, unknown>>;
  const attributes = attributesOf(object._type);
  const known = new Set(attributes.map(({ name }) => name));
  for (const name of Object.keys(members)) {
    if (known.has(name) || COMPUTED.has(name) || /^[_@]/.test(name)) continue;
    findings.add({
      path: `${placeText(place)}/${name.slice(0, 80)}`,
      rule: "rm-unknown-attribute",
      message: `The class ${object._type} has no attribute ${name.slice(0, 80)}`,
      found: name.slice(0, 80),
    });
  }
  for (const { name } of attributes) {
    if (Object.hasOwn(members, name)) compareValue(members[name], object[name], name, place, findings);
  }
}

function compareValue(
  given: unknown,
  value: RmValue | undefined,
  attribute: string,
  place: ObjectPlace,
  findings: ValidationFindings,
): void {
  if (Array.isArray(value)) {
    // What stands for nothing is not read.
    const items = (Array.isArray(given) ? given : [given]).filter((item) => item !== null);
    if (items.length !== value.length) return;
    for (const [index, item] of value.entries()) {
      if (isRmObject(item)) compare(items[index], item, placeOf(place, attribute, item, index + 1), findings);
    }
  } else if (isRmObject(value)) compare(given, value, placeOf(place, attribute, value), findings);
}
