import { Problem } from "../../../errors/problem.js";
import { isSubclassOf, attribute as rmAttribute, rmClass } from "../../rm/rm-classes.js";
import type { RmObject } from "../../rm/rm-object.js";
import { readXml, type XmlDocumentKind, type XmlLimits } from "../../xml/read-xml.js";
import type { XmlElement } from "../../xml/xml-element.js";
import { readCanonicalJson } from "../canonical-json.js";
import {
  CANONICAL_XML_HAS_DOCTYPE,
  CANONICAL_XML_INVALID,
  CANONICAL_XML_ROOT_UNKNOWN,
  CANONICAL_XML_TOO_LARGE,
} from "../problems.js";
import { NODE_ID_ATTRIBUTE } from "./xml-attribute-order.js";

const CANONICAL_XML: XmlDocumentKind = {
  subject: "The document",
  notXml: CANONICAL_XML_INVALID,
  hasDoctype: CANONICAL_XML_HAS_DOCTYPE,
  tooLarge: CANONICAL_XML_TOO_LARGE,
  leftOut: new Set(),
  refuseRoot: () => undefined,
};

/** Real compositions nest some 60 elements. */
const DEFAULT_LIMITS: XmlLimits = Object.freeze({ characters: 20_000_000, depth: 200, elements: 500_000 });

/** Where a document came from, for messages, and how much of it is read. */
export interface CanonicalXmlSource {
  readonly file?: string;
  readonly limits?: Partial<XmlLimits>;
  /** Given the root element once it was read, for whoever asks what of it the object does not have. */
  readonly onRead?: (root: XmlElement) => void;
}

/**
 * Reads canonical XML (openehr-formats 16): compositions and every other RM object, with or without the namespace of
 * openEHR. The class of the root is its `xsi:type`, else its name. Elements that the reference model does not have are
 * ignored, among them the derived parts of archetype ids that the SDK writes; everything else is as in canonical JSON
 * (15.1). What was ignored is for `reportUnknownElements` to tell.
 * @param xml the document as text; a byte order mark is tolerated
 * @throws Problem `CANONICAL_XML_…` where the document is none, `CANONICAL_…` where its content is not of the reference
 *   model, with line and column; the other findings are in `others`
 */
export function readCanonicalXml(xml: string, source: CanonicalXmlSource = {}): RmObject {
  const { file } = source;
  const root = readXml(xml, CANONICAL_XML, { ...DEFAULT_LIMITS, ...source.limits }, file);
  const declaredType = root.type ?? root.name.toUpperCase();
  if (rmClass(declaredType) === undefined) {
    const message = `The root element "${root.name.slice(0, 80)}" is no class of the reference model.`;
    throw new Problem(CANONICAL_XML_ROOT_UNKNOWN, message, { position: root.position(file) });
  }
  try {
    const object = readCanonicalJson(objectIn(root, declaredType), declaredType);
    source.onRead?.(root);
    return object;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw placedIn(root, error, file);
  }
}

/** What canonical JSON would have for an element that stands for an RM object. */
function objectIn(element: XmlElement, declaredType: string): unknown {
  const { children, text } = element;
  const type = usableType(element.type, declaredType);
  const rmType = type ?? (element.child("defining_code") === undefined ? declaredType : codedTypeFor(declaredType));
  if (children.length === 0 && text.trim() !== "") {
    return type === undefined ? text : { _type: type, value: text };
  }
  // Names of elements come from the document: an object without prototype holds them all.
  const members = Object.create(null) as Record<string, unknown>;
  const isLocatable = rmAttribute(rmType, NODE_ID_ATTRIBUTE) !== undefined;
  if (isLocatable) members[NODE_ID_ATTRIBUTE] = element.attribute(NODE_ID_ATTRIBUTE);
  for (const child of children) addMember(members, child, rmType);
  if (type !== undefined) members._type = type;
  return members;
}

/** A type that the reference model does not have is left aside where the place allows but one class. */
function usableType(type: string | undefined, declaredType: string): string | undefined {
  if (type === undefined || rmClass(type) !== undefined) return type;
  return rmClass(declaredType)?.isAbstract === false ? undefined : type;
}

/** A text with a code is a coded text, also where its type is not given. */
function codedTypeFor(declaredType: string): string {
  return declaredType === "DV_TEXT" ? "DV_CODED_TEXT" : declaredType;
}

function addMember(members: Record<string, unknown>, child: XmlElement, owner: string): void {
  if (child.isNil) return;
  const attribute = rmAttribute(owner, child.name);
  const value =
    attribute !== undefined && rmClass(attribute.type) !== undefined
      ? objectIn(child, attribute.type)
      : primitiveText(child.text, attribute?.type, owner);
  const before = members[child.name];
  if (Array.isArray(before)) before.push(value);
  else if (before !== undefined) members[child.name] = [before, value];
  else members[child.name] = attribute?.isList ? [value] : value;
}

/** Blanks around texts mean something, around everything else they are layout. */
function primitiveText(text: string, type: string | undefined, owner: string): string {
  switch (type) {
    case undefined:
      return text;
    case "STRING":
      return isSubclassOf(owner, "DV_ORDERED") ? text.trim() : text;
    case "BYTES":
      return text.replace(/\s+/g, "");
    case "BOOLEAN": {
      const value = text.trim();
      return value === "1" ? "true" : value === "0" ? "false" : value;
    }
    default:
      return text.trim();
  }
}

/** The same problem with line and column of the element its path leads to, as far as the document has it. */
function placedIn(root: XmlElement, problem: Problem, file: string | undefined): Problem {
  const element = elementAt(root, problem.place.path ?? "$");
  const place = { ...problem.place, position: element.position(file) };
  const others = problem.others.map((other) => placedIn(root, other, file));
  return new Problem(problem.kind, problem.message, place, others);
}

/** @param path as problems of canonical JSON have it: `$.content[0].data` */
function elementAt(root: XmlElement, path: string): XmlElement {
  let reached = root;
  for (const segment of path.split(".").slice(1)) {
    const bracket = segment.indexOf("[");
    const name = bracket < 0 ? segment : segment.slice(0, bracket);
    const index = bracket < 0 ? 0 : Number(segment.slice(bracket + 1, -1));
    const next = reached.childrenNamed(name)[index];
    if (next === undefined) break;
    reached = next;
  }
  return reached;
}
