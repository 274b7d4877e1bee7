import { type ExactNumber, NumberText } from "../../json/number-text.js";
import { isRmObject, type RmObject, type RmPrimitive } from "../../rm/rm-object.js";
import type { TemplateNode } from "../../template/template.js";
import type { FlatKeys } from "./flat-keys.js";

/** A value of a FLAT document; numbers with their digits come from `parseExactJson` and go to `writeJson`. */
export type FlatScalar = string | ExactNumber | boolean;

/** What reading a value may need besides its keys. */
export interface FlatReadContext {
  /** The node the value stands on, when the template has one: code lists tell plain codes from plain texts. */
  readonly node: TemplateNode | undefined;
  /** The DV_TEXT is one of a DV_CODED_TEXT and a DV_TEXT under one name: its text is `|other`. */
  readonly isMergedText: boolean;
  /** Local date and time, for the text `now`. */
  readonly now: () => string;
  readonly dataType: (rmType: string) => FlatDataType | undefined;
}

/** Where a value is written: a FLAT path under which attributes and further segments are put. */
export interface FlatPlace {
  /** Writes an attribute of this path, the plain value for an empty one; undefined writes nothing. */
  put(attribute: string, value: FlatScalar | undefined): void;
  /** The same for an attribute that is a DOUBLE: published, it has a decimal point (openehr-formats 17.5). */
  putDouble(attribute: string, value: FlatScalar | undefined): void;
  /** The path one segment further; the index is written when given. */
  at(name: string, index?: number): FlatPlace;
  readonly dataType: (rmType: string) => FlatDataType | undefined;
  readonly isMergedText: boolean;
  /** Whether values that others can compute are written as well (the quotient of a proportion). */
  readonly withDerivedValues: boolean;
}

/** How values of one class stand in FLAT (openehr-formats 9), both directions. */
export interface FlatDataType {
  /** The (partial) value that the keys give, undefined when they give none. Consumes the keys it understands. */
  read(keys: FlatKeys, context: FlatReadContext): RmObject | RmPrimitive | undefined;
  /** Writes what a (partial) value holds. */
  write(value: RmObject | RmPrimitive, place: FlatPlace): void;
}

/** A data type whose values are objects, which all but the primitives are. */
export function objectType(type: {
  read(keys: FlatKeys, context: FlatReadContext): RmObject | undefined;
  write(value: RmObject, place: FlatPlace): void;
}): FlatDataType {
  return {
    read: type.read,
    write: (value, place) => {
      if (isRmObject(value)) type.write(value, place);
    },
  };
}

/** The context for a value below another one, for which the template has its own node or none. */
export function nestedContext(context: FlatReadContext, node?: TemplateNode): FlatReadContext {
  return { ...context, node, isMergedText: false };
}

/** The object of a class that stands below another value, when there is one. */
export function readBelow(
  rmType: string,
  keys: FlatKeys | undefined,
  context: FlatReadContext,
  node?: TemplateNode,
): RmObject | undefined {
  if (keys === undefined) return undefined;
  const value = context.dataType(rmType)?.read(keys, nestedContext(context, node));
  return isRmObject(value) ? value : undefined;
}

/** An object with the members that have a value, or undefined when none has. */
export function objectWith(
  type: string,
  members: Readonly<Record<string, RmObject[string] | undefined>>,
): RmObject | undefined {
  let object: RmObject | undefined;
  for (const [member, value] of Object.entries(members)) {
    if (value === undefined) continue;
    object ??= { _type: type };
    object[member] = value;
  }
  return object;
}

/** A member that is an RM object, otherwise undefined. */
export function objectMember(object: RmObject | undefined, member: string): RmObject | undefined {
  const value = object?.[member];
  return isRmObject(value) ? value : undefined;
}

/** A member that is a scalar, otherwise undefined. */
export function scalarMember(object: RmObject | undefined, member: string): FlatScalar | undefined {
  const value = object?.[member];
  return typeof value === "object" && !(value instanceof NumberText) ? undefined : value;
}

/** The RM objects of a member that is a list; a single object counts as a list of one. */
export function objectsMember(object: RmObject | undefined, member: string): readonly RmObject[] {
  const value = object?.[member];
  if (value === undefined || typeof value !== "object") return [];
  return (Array.isArray(value) ? value : [value]).filter(isRmObject);
}
