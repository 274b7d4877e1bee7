import { COMPUTED } from "../formats/computed-members.js";
import { attributesOf, type RmAttribute } from "../rm/rm-classes.js";
import { isRmObject, type RmObject } from "../rm/rm-object.js";
import type { XmlElement } from "../xml/xml-element.js";
import { type ObjectPlace, placeOf, placeText, ROOT_PLACE } from "./object-place.js";
import { reportOffset, reportUnknownAttribute } from "./unknown-members.js";
import type { ValidationFindings } from "./validation-finding.js";

/** Parts of archetype ids that the reference implementation writes beside the id (openehr-formats 16). */
const DERIVED = new Set([
  "qualifiedRmEntity",
  "domainConcept",
  "rmOriginator",
  "rmName",
  "rmEntity",
  "specialisation",
  "versionId",
]);
/** The one attribute of the reference model that XML writes as an attribute, on LOCATABLEs. */
const NODE_ID = "archetype_node_id";
/** Text beside elements, as XPath calls it. */
const TEXT = "text()";

/**
 * Reports the elements, XML attributes and texts beside elements of a canonical XML document that the reference model has no
 * attribute for, and what stands in elements that are said to be `xsi:nil`: reading leaves all of that out (openehr-formats 16).
 * What XML and XML Schema themselves define is theirs.
 * @param document the element that the object was read from
 */
export function reportUnknownElements(document: XmlElement, object: RmObject, findings: ValidationFindings): void {
  compare(document, object, undefined, ROOT_PLACE, findings);
}

function compare(
  element: XmlElement,
  object: RmObject,
  owner: RmObject | undefined,
  place: ObjectPlace,
  findings: ValidationFindings,
): void {
  if (findings.isFull) return;
  const attributes = attributesOf(object._type);
  const known = new Set(attributes.map(({ name }) => name));
  const isLocatable = known.has(NODE_ID);
  for (const name of element.attributeNames) {
    if (!(isLocatable && name === NODE_ID)) report(`@${name}`, object._type, place, findings);
  }
  if (element.hasTextBesideChildren) report(TEXT, object._type, place, findings);
  const byName = new Map<string, XmlElement[]>();
  for (const child of element.children) {
    const sharing = byName.get(child.name);
    if (sharing === undefined) byName.set(child.name, [child]);
    else sharing.push(child);
  }
  for (const name of byName.keys()) {
    if (known.has(name) || COMPUTED.has(name) || (object._type === "ARCHETYPE_ID" && DERIVED.has(name))) continue;
    report(name, object._type, place, findings);
  }
  reportOffset(element.textAt("offset", "value"), object, owner, place, findings);
  for (const attribute of attributes) {
    const children = byName.get(attribute.name) ?? [];
    const read = children.filter((child) => !child.isNil);
    if (read.length > 0) compareValues(read, object, attribute, place, findings);
    if (read.length < children.length) reportInNil(children, object, attribute, place, findings);
  }
}

function compareValues(
  elements: readonly XmlElement[],
  owner: RmObject,
  { name, type }: RmAttribute,
  place: ObjectPlace,
  findings: ValidationFindings,
): void {
  const value = owner[name];
  const items = Array.isArray(value) ? value : value === undefined ? [] : [value];
  if (items.length !== elements.length) return;
  for (const [at, item] of items.entries()) {
    const element = elements[at];
    if (element === undefined) continue;
    const itemPlace = placeOf(place, name, item, Array.isArray(value) ? at + 1 : undefined);
    if (isRmObject(item)) compare(element, item, owner, itemPlace, findings);
    else {
      for (const attribute of element.attributeNames) report(`@${attribute}`, type, itemPlace, findings);
      for (const child of new Set(element.children.map((each) => each.name))) report(child, type, itemPlace, findings);
      if (element.hasTextBesideChildren) report(TEXT, type, itemPlace, findings);
    }
  }
}

/** What stands for nothing is not read, whatever is in it. */
function reportInNil(
  elements: readonly XmlElement[],
  { _type }: RmObject,
  { name }: RmAttribute,
  place: ObjectPlace,
  findings: ValidationFindings,
): void {
  if (!elements.some((each) => each.isNil && (each.children.length > 0 || each.text.trim() !== ""))) return;
  const message = `The attribute ${name} of the class ${_type} is xsi:nil, and not empty`;
  findings.add({ path: `${placeText(place)}/${name}`, rule: "rm-unknown-attribute", message, found: name });
}

function report(name: string, className: string, place: ObjectPlace, findings: ValidationFindings): void {
  reportUnknownAttribute(name, className, placeText(place), findings);
}
