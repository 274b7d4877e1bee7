import { isBesideTheModel } from "../formats/computed-members.js";
import { attributesOf } from "../rm/rm-classes.js";
import { isRmObject, type RmObject } from "../rm/rm-object.js";
import { offsetText, writtenOffsetFinding } from "./event-offset.js";
import { type ObjectPlace, placeOf, placeText, ROOT_PLACE } from "./object-place.js";
import type { ValidationFindings } from "./validation-finding.js";

/**
 * Reports the members of a canonical JSON document that the reference model has no attribute for, which reading leaves out
 * (openehr-formats 15.1). Members that begin with `_` or `@` are the format's own.
 * @param document the parsed JSON that the object was read from
 */
export function reportUnknownMembers(document: unknown, object: RmObject, findings: ValidationFindings): void {
  compare(document, object, undefined, ROOT_PLACE, findings);
}

/** Adds the finding that a class has no attribute of a name, which comes from outside and may be of any length. */
export function reportUnknownAttribute(
  name: string,
  className: string,
  path: string,
  findings: ValidationFindings,
): void {
  const found = name.slice(0, 80);
  const message = `The class ${className} has no attribute ${found}`;
  findings.add({ path: `${path}/${found}`, rule: "rm-unknown-attribute", message, found });
}

/** Adds the finding that the `offset` of an event is not the distance of its time from the origin of its HISTORY. */
export function reportOffset(
  offset: unknown,
  event: RmObject,
  history: RmObject | undefined,
  place: ObjectPlace,
  findings: ValidationFindings,
): void {
  const written = offsetText(offset);
  const wrong =
    written === undefined || history === undefined ? undefined : writtenOffsetFinding(written, event, history);
  if (wrong === undefined) return;
  const message = `Invariant Offset_validity failed on type ${event._type}`;
  findings.add({ path: placeText(place), rule: "rm-invariant:Offset_validity", message, ...wrong });
}

function compare(
  document: unknown,
  object: RmObject,
  owner: RmObject | undefined,
  place: ObjectPlace,
  findings: ValidationFindings,
): void {
  const given: unknown = Array.isArray(document) && document.length === 1 ? document[0] : document;
  if (findings.isFull || typeof given !== "object" || given === null || given === object) return;
  const members = given as Readonly<Record<string, unknown>>;
  const attributes = attributesOf(object._type);
  const known = new Set(attributes.map(({ name }) => name));
  for (const name of Object.keys(members)) {
    if (known.has(name) || isBesideTheModel(name)) continue;
    reportUnknownAttribute(name, object._type, placeText(place), findings);
  }
  if (Object.hasOwn(members, "offset")) reportOffset(members.offset, object, owner, place, findings);
  for (const { name } of attributes) {
    if (Object.hasOwn(members, name)) compareValue(members[name], object, name, place, findings);
  }
}

function compareValue(
  given: unknown,
  owner: RmObject,
  attribute: string,
  place: ObjectPlace,
  findings: ValidationFindings,
): void {
  const value = owner[attribute];
  if (Array.isArray(value)) {
    // What stands for nothing is not read.
    const items = (Array.isArray(given) ? given : [given]).filter((item) => item !== null);
    if (items.length !== value.length) return;
    for (const [index, item] of value.entries()) {
      if (isRmObject(item)) compare(items[index], item, owner, placeOf(place, attribute, item, index + 1), findings);
    }
  } else if (isRmObject(value)) compare(given, value, owner, placeOf(place, attribute, value), findings);
}
