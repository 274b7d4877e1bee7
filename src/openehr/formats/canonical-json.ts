import { Problem, type ProblemKind } from "../../errors/problem.js";
import { leftOutBecause, type OnLeftOut } from "../building/left-out.js";
import { concreteSubclassesOf, isSubclassOf, type RmAttribute, type RmClass, rmClass } from "../rm/rm-classes.js";
import type { RmObject, RmValue } from "../rm/rm-object.js";
import { normalTemporal } from "../rm/temporal-types.js";
import {
  type AttributeReading,
  acceptedAs,
  type ClassReading,
  classReading,
  completeIntervalFlags,
  memberOrder,
  positionOf,
} from "./attribute-readings.js";
import { readCanonicalPrimitive } from "./canonical-primitives.js";
import { isBesideTheModel } from "./computed-members.js";
import { jsonTypeOf } from "./json.js";
import {
  CANONICAL_NOT_AN_OBJECT,
  CANONICAL_TOO_DEEP,
  CANONICAL_TYPE_MISSING,
  CANONICAL_TYPE_UNEXPECTED,
  CANONICAL_TYPE_UNKNOWN,
  CANONICAL_VALUE_INVALID,
} from "./problems.js";

/** Deepest nesting of RM objects that is read; real compositions stay below 40. */
const DEEPEST = 200;
/** Problems reported at once; reading stops there. */
const MOST_PROBLEMS = 50;

/** Members that are told to be left out; a document may be nothing but such. */
const MOST_LEFT_OUT = 1000;

/** Characters that are told of a name that comes from outside. */
const LONGEST_NAME = 80;

/** Stands for the declared class where every class of the reference model is welcome. */
const ANY_CLASS = "Any";

/**
 * Reads canonical JSON (openehr-formats 15.1): compositions, content items and every other RM object alike.
 * Missing `_type`s are inferred where the reference model leaves no choice, single objects are accepted as lists,
 * `null` and empty lists count as absent, unknown members are left out, times and durations take their normal form.
 *
 * The document stays as it is. Objects that are in normal form already are not copied: they are part of document and
 * result.
 * @param declaredType class expected at the root; when it is concrete the root needs no `_type`
 * @param onLeftOut told the JSON path of each member that its class has no attribute for, a thousand times at most, and of whole numbers
 *   that have a fraction
 * @param position of the object in the list that it is read from, for paths
 * @throws Problem `CANONICAL_…` with JSON path and type of the value; the other findings are in `others`
 */
export function readCanonicalJson(
  value: unknown,
  declaredType = ANY_CLASS,
  onLeftOut?: OnLeftOut,
  position?: number,
): RmObject {
  const reader = new CanonicalReader(onLeftOut, position);
  const object = reader.object(
    value,
    declaredType,
    declaredType === ANY_CLASS ? undefined : acceptedAs(declaredType),
    0,
  );
  reader.throwFindings();
  if (object === undefined) {
    throw new Problem(CANONICAL_NOT_AN_OBJECT, `Expected an openEHR object, found ${jsonTypeOf(value)}.`, {
      path: position === undefined ? "$" : `$[${position}]`,
      valueType: jsonTypeOf(value),
    });
  }
  return object;
}

class CanonicalReader {
  readonly #problems: Problem[] = [];
  /** Members and indexes from the root to where the reader stands. */
  readonly #place: (string | number)[] = [];
  readonly #onLeftOut: OnLeftOut | undefined;
  #leftOut = 0;

  constructor(onLeftOut: OnLeftOut | undefined, position: number | undefined) {
    this.#onLeftOut = onLeftOut;
    if (position !== undefined) this.#place.push(position);
  }

  throwFindings(): void {
    const [first, ...others] = this.#problems;
    if (first === undefined) return;
    throw new Problem(first.kind, first.message, first.place, others);
  }

  /** @param accepted the classes that may stand here; any when undefined */
  object(
    value: unknown,
    declaredType: string,
    accepted: ReadonlyMap<string, ClassReading> | undefined,
    depth: number,
  ): RmObject | undefined {
    const given: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
    if (given === null || given === undefined || (Array.isArray(given) && given.length === 0)) return undefined;
    if (depth > DEEPEST) {
      this.#report(CANONICAL_TOO_DEEP, `is nested more than ${DEEPEST} levels deep`, given);
      return undefined;
    }
    if (typeof given === "string") return this.#objectFromText(given, declaredType);
    if (typeof given !== "object" || Array.isArray(given)) {
      this.#report(CANONICAL_VALUE_INVALID, `must be an object of class ${declaredType}`, given);
      return undefined;
    }
    const members = given as Record<string, unknown>;
    const concrete = accepted?.get(members._type as string) ?? this.#classOf(members, declaredType);
    if (concrete === undefined) return undefined;
    switch (memberOrder(members, concrete)) {
      case "texts":
        return this.#normalised(members as RmObject, concrete, members);
      case "ordered":
        return this.#orderedAttributes(members as RmObject, concrete, depth);
      case "disordered":
        return this.#attributes(members, concrete, depth);
    }
  }

  /** A bare text stands for an object of a class that is little more than its text: `"name": "Blood pressure"`. */
  #objectFromText(text: string, declaredType: string): RmObject | undefined {
    const declared = rmClass(declaredType);
    const isTextual = declared?.attributes.some(({ name, type }) => name === "value" && type === "STRING") ?? false;
    if (declared === undefined || declared.isAbstract || !isTextual) {
      this.#report(CANONICAL_VALUE_INVALID, `must be an object of class ${declaredType}`, text);
      return undefined;
    }
    const reading = classReading(declared.name);
    return reading && this.#attributes({ value: text }, reading, 0);
  }

  #classOf(members: Record<string, unknown>, declaredType: string): ClassReading | undefined {
    const written = Object.hasOwn(members, "_type") ? members._type : undefined;
    if (written === undefined || written === null) return this.#inferredClass(members, declaredType);
    if (typeof written !== "string") {
      this.#report(CANONICAL_TYPE_UNKNOWN, "has a _type that is not a text", written);
      return undefined;
    }
    const named = rmClass(written === "UID_BASED_ID" ? "HIER_OBJECT_ID" : written);
    if (named === undefined || named.isAbstract) {
      const reason = named === undefined ? "an unknown" : "an abstract";
      this.#report(CANONICAL_TYPE_UNKNOWN, `has ${reason} _type`, members, written.slice(0, 80));
      return undefined;
    }
    if (declaredType !== ANY_CLASS && !isSubclassOf(named.name, declaredType)) {
      this.#report(CANONICAL_TYPE_UNEXPECTED, `must be of class ${declaredType}`, members, named.name);
      return undefined;
    }
    return classReading(named.name);
  }

  #inferredClass(members: Record<string, unknown>, declaredType: string): ClassReading | undefined {
    const declared = rmClass(declaredType);
    if (declared !== undefined && !declared.isAbstract) {
      // A text with a code is a coded text, whatever it leaves out: otherwise the code would be lost.
      const isCoded = declared.name === "DV_TEXT" && Object.hasOwn(members, "defining_code");
      return classReading(isCoded ? "DV_CODED_TEXT" : declared.name);
    }
    const [only, ...more] = concreteSubclassesOf(declaredType);
    if (only !== undefined && more.length === 0) return classReading(only);
    this.#report(
      CANONICAL_TYPE_MISSING,
      declaredType === ANY_CLASS
        ? "needs a _type that names its class, such as COMPOSITION"
        : `needs a _type: any class that is a kind of ${declaredType} may stand here`,
      members,
    );
    return undefined;
  }

  /** Reads an object whose members are in order; it is copied as soon as one of them reads as something else. */
  #orderedAttributes(members: RmObject, concrete: ClassReading, depth: number): RmObject {
    const { inOrder } = concrete;
    let object = members;
    let at = 0;
    for (const name in members) {
      const position = positionOf(name, inOrder, at);
      const reading = inOrder[position];
      if (reading === undefined) continue;
      at = position + 1;
      const given = members[name];
      const value = reading.isText && typeof given === "string" ? given : this.#attribute(given, reading, depth);
      if (value === given) {
        if (object !== members) object[name] = given;
        continue;
      }
      if (object === members) object = copyBefore(name, members);
      if (value !== undefined) object[name] = value;
    }
    return this.#normalised(object, concrete, members);
  }

  #attributes(members: Record<string, unknown>, concrete: ClassReading, depth: number): RmObject {
    const object: RmObject = { _type: concrete.rmClass.name };
    for (const [name, reading] of concrete.attributes) {
      const member = Object.hasOwn(members, name) ? name : otherNameOf(concrete.rmClass, reading.attribute);
      if (!Object.hasOwn(members, member)) continue;
      const value = this.#attribute(members[member], reading, depth);
      if (value !== undefined) object[name] = value;
    }
    if (concrete.isCompleted) completeIntervalFlags(object);
    if (this.#onLeftOut !== undefined) this.#reportLeftOut(members, concrete, this.#onLeftOut);
    return this.#normalised(object, concrete, members);
  }

  #reportLeftOut(members: Record<string, unknown>, { attributes }: ClassReading, onLeftOut: OnLeftOut): void {
    for (const name of Object.keys(members)) {
      if (attributes.has(name) || isBesideTheModel(name)) continue;
      if (++this.#leftOut > MOST_LEFT_OUT) return;
      onLeftOut(`${pathText(this.#place)}.${name.slice(0, LONGEST_NAME)}`);
    }
  }

  #attribute(value: unknown, reading: AttributeReading, depth: number): RmValue | undefined {
    if (reading.isText && typeof value === "string") return value;
    this.#place.push(reading.attribute.name);
    const read = reading.attribute.isList ? this.#list(value, reading, depth) : this.#single(value, reading, depth);
    this.#place.pop();
    return read;
  }

  #list(value: unknown, reading: AttributeReading, depth: number): RmValue | undefined {
    if (value === null || value === undefined) return undefined;
    const items: unknown[] = Array.isArray(value) ? value : [value];
    /** Made with the first item that reads as something else. */
    let list: RmValue[] | undefined = items === value ? undefined : [];
    for (let index = 0; index < items.length; index++) {
      this.#place.push(index);
      const item = this.#single(items[index], reading, depth);
      this.#place.pop();
      if (item !== items[index]) list ??= items.slice(0, index) as RmValue[];
      if (item !== undefined) list?.push(item);
    }
    if (list === undefined) return items.length === 0 ? undefined : (items as RmValue[]);
    return list.length === 0 ? undefined : list;
  }

  #single(value: unknown, reading: AttributeReading, depth: number): RmValue | undefined {
    const { type } = reading.attribute;
    if (reading.holdsObjects) return this.object(value, type, reading.accepted, depth + 1);
    const given: unknown = Array.isArray(value) && value.length <= 1 ? value[0] : value;
    if (given === null || given === undefined) return undefined;
    const primitive = readCanonicalPrimitive(given, type);
    if (typeof primitive === "object" && "reason" in primitive) {
      this.#report(CANONICAL_VALUE_INVALID, primitive.reason, given);
      return undefined;
    }
    if (this.#onLeftOut !== undefined && (type === "INTEGER" || type === "LONG")) {
      if (Number(given) !== primitive.valueOf()) this.#onLeftOut(pathText(this.#place), leftOutBecause.fraction);
    }
    return primitive;
  }

  /** The object with its temporal text in normal form; a copy where it is the object of the document. */
  #normalised(object: RmObject, concrete: ClassReading, document: unknown): RmObject {
    const text = concrete.isTemporal ? object.value : undefined;
    const normal = typeof text === "string" ? normalTemporal(object._type, text) : undefined;
    if (normal === undefined) return object;
    if ("text" in normal) {
      if (normal.text === text) return object;
      if (object === document) return { ...object, value: normal.text };
      object.value = normal.text;
      return object;
    }
    this.#place.push("value");
    this.#report(CANONICAL_VALUE_INVALID, normal.reason, text, object._type);
    this.#place.pop();
    return object;
  }

  #report(kind: ProblemKind, reason: string, value: unknown, type = jsonTypeOf(value)): void {
    const path = pathText(this.#place);
    const message = `The value at ${path} ${reason}; it is of type ${type}.`;
    this.#problems.push(new Problem(kind, message, { path, valueType: type }));
    if (this.#problems.length >= MOST_PROBLEMS || kind === CANONICAL_TOO_DEEP) this.throwFindings();
  }
}

/** The members of an object that stand before one of them. */
function copyBefore(name: string, members: RmObject): RmObject {
  const copy: RmObject = { _type: members._type };
  for (const before in members) {
    if (before === name) break;
    copy[before] = members[before];
  }
  return copy;
}

/** The SDK writes `is_terminal` of DV_STATE as `terminal` (openehr-formats 20.2, 6); that is read as well. */
function otherNameOf(concrete: RmClass, attribute: RmAttribute): string {
  return concrete.name === "DV_STATE" && attribute.name === "is_terminal" ? "terminal" : attribute.name;
}

function pathText(place: readonly (string | number)[]): string {
  return `$${place.map((member) => (typeof member === "number" ? `[${member}]` : `.${member}`)).join("")}`;
}
