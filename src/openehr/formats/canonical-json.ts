import { Problem, type ProblemKind } from "../../errors/problem.js";
import { concreteSubclassesOf, isSubclassOf, type RmAttribute, type RmClass, rmClass } from "../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmValue } from "../rm/rm-object.js";
import { normalTemporal } from "../rm/temporal-types.js";
import { readCanonicalPrimitive } from "./canonical-primitives.js";
import { type JsonObject, type JsonValue, jsonTypeOf } from "./json.js";
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

/** Classes whose objects canonical JSON writes without `_type` where their class is the declared one (openehr-formats 15.2). */
const WRITTEN_WITHOUT_TYPE = new Set(["ARCHETYPED", "ARCHETYPE_ID", "TEMPLATE_ID", "LINK", "HISTORY"]);

/** Stands for the declared class where every class of the reference model is welcome. */
const ANY_CLASS = "Any";

/** Where the reader stands; the path is only put together when there is something to report. */
interface Place {
  readonly parent: Place | undefined;
  readonly member: string | number;
}

/**
 * Reads canonical JSON (openehr-formats 15.1): compositions, content items and every other RM object alike.
 * Missing `_type`s are inferred where the reference model leaves no choice, single objects are accepted as lists,
 * `null` and empty lists count as absent, unknown members are ignored, times and durations take their normal form.
 * @param declaredType class expected at the root; when it is concrete the root needs no `_type`
 * @throws Problem `CANONICAL_…` with JSON path and type of the value; the other findings are in `others`
 */
export function readCanonicalJson(value: unknown, declaredType = ANY_CLASS): RmObject {
  const reader = new CanonicalReader();
  const root: Place = { parent: undefined, member: "$" };
  const object = reader.object(value, declaredType, root, 0);
  reader.throwFindings();
  if (object === undefined) {
    throw new Problem(CANONICAL_NOT_AN_OBJECT, `Expected an openEHR object, found ${jsonTypeOf(value)}.`, {
      path: "$",
      valueType: jsonTypeOf(value),
    });
  }
  return object;
}

class CanonicalReader {
  readonly #problems: Problem[] = [];

  throwFindings(): void {
    const [first, ...others] = this.#problems;
    if (first === undefined) return;
    throw new Problem(first.kind, first.message, first.place, others);
  }

  object(value: unknown, declaredType: string, place: Place, depth: number): RmObject | undefined {
    const given: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
    if (given === null || given === undefined || (Array.isArray(given) && given.length === 0)) return undefined;
    if (depth > DEEPEST) {
      this.#report(CANONICAL_TOO_DEEP, `is nested more than ${DEEPEST} levels deep`, place, given);
      return undefined;
    }
    if (typeof given === "string") return this.#objectFromText(given, declaredType, place);
    if (typeof given !== "object" || Array.isArray(given)) {
      this.#report(CANONICAL_VALUE_INVALID, `must be an object of class ${declaredType}`, place, given);
      return undefined;
    }
    const members = given as Record<string, unknown>;
    const concrete = this.#classOf(members, declaredType, place);
    return concrete === undefined ? undefined : this.#attributes(members, concrete, place, depth);
  }

  /** A bare text stands for an object of a class that is little more than its text: `"name": "Blood pressure"`. */
  #objectFromText(text: string, declaredType: string, place: Place): RmObject | undefined {
    const declared = rmClass(declaredType);
    const isTextual = declared?.attributes.some(({ name, type }) => name === "value" && type === "STRING") ?? false;
    if (declared === undefined || declared.isAbstract || !isTextual) {
      this.#report(CANONICAL_VALUE_INVALID, `must be an object of class ${declaredType}`, place, text);
      return undefined;
    }
    return this.#attributes({ value: text }, declared, place, 0);
  }

  #classOf(members: Record<string, unknown>, declaredType: string, place: Place): RmClass | undefined {
    const written = Object.hasOwn(members, "_type") ? members._type : undefined;
    if (written === undefined || written === null) return this.#inferredClass(members, declaredType, place);
    if (typeof written !== "string") {
      this.#report(CANONICAL_TYPE_UNKNOWN, "has a _type that is not a text", place, written);
      return undefined;
    }
    const named = rmClass(written === "UID_BASED_ID" ? "HIER_OBJECT_ID" : written);
    if (named === undefined || named.isAbstract) {
      const reason = named === undefined ? "an unknown" : "an abstract";
      this.#report(CANONICAL_TYPE_UNKNOWN, `has ${reason} _type`, place, members, written.slice(0, 80));
      return undefined;
    }
    if (declaredType !== ANY_CLASS && !isSubclassOf(named.name, declaredType)) {
      this.#report(CANONICAL_TYPE_UNEXPECTED, `must be of class ${declaredType}`, place, members, named.name);
      return undefined;
    }
    return named;
  }

  #inferredClass(members: Record<string, unknown>, declaredType: string, place: Place): RmClass | undefined {
    const declared = rmClass(declaredType);
    if (declared !== undefined && !declared.isAbstract) {
      // A text with a code is a coded text, whatever it leaves out: otherwise the code would be lost.
      const isCoded = declared.name === "DV_TEXT" && Object.hasOwn(members, "defining_code");
      return isCoded ? rmClass("DV_CODED_TEXT") : declared;
    }
    const [only, ...more] = concreteSubclassesOf(declaredType);
    if (only !== undefined && more.length === 0) return rmClass(only);
    this.#report(
      CANONICAL_TYPE_MISSING,
      `needs a _type: any class that is a kind of ${declaredType} may stand here`,
      place,
      members,
    );
    return undefined;
  }

  #attributes(members: Record<string, unknown>, concrete: RmClass, place: Place, depth: number): RmObject {
    const object: RmObject = { _type: concrete.name };
    for (const attribute of concrete.attributes) {
      const member = Object.hasOwn(members, attribute.name) ? attribute.name : otherNameOf(concrete, attribute);
      if (!Object.hasOwn(members, member)) continue;
      const value = this.#attribute(members[member], attribute, place, depth);
      if (value !== undefined) object[attribute.name] = value;
    }
    if (concrete.name === "DV_INTERVAL") completeIntervalFlags(object);
    if (typeof object.value === "string") this.#normalise(object, place);
    return object;
  }

  #attribute(value: unknown, attribute: RmAttribute, owner: Place, depth: number): RmValue | undefined {
    const place: Place = { parent: owner, member: attribute.name };
    if (!attribute.isList) return this.#single(value, attribute.type, place, depth);
    if (value === null || value === undefined) return undefined;
    const items: unknown[] = Array.isArray(value) ? value : [value];
    const list: RmValue[] = [];
    for (let index = 0; index < items.length; index++) {
      const item = this.#single(items[index], attribute.type, { parent: place, member: index }, depth);
      if (item !== undefined) list.push(item);
    }
    return list.length === 0 ? undefined : list;
  }

  #single(value: unknown, type: string, place: Place, depth: number): RmValue | undefined {
    if (rmClass(type) !== undefined) return this.object(value, type, place, depth + 1);
    const given: unknown = Array.isArray(value) && value.length <= 1 ? value[0] : value;
    if (given === null || given === undefined) return undefined;
    const primitive = readCanonicalPrimitive(given, type);
    if (typeof primitive === "object" && "reason" in primitive) {
      this.#report(CANONICAL_VALUE_INVALID, primitive.reason, place, given);
      return undefined;
    }
    return primitive;
  }

  #normalise(object: RmObject, place: Place): void {
    const normal = normalTemporal(object._type, object.value as string);
    if (normal === undefined) return;
    if ("text" in normal) object.value = normal.text;
    else {
      const valuePlace: Place = { parent: place, member: "value" };
      this.#report(CANONICAL_VALUE_INVALID, normal.reason, valuePlace, object.value, object._type);
    }
  }

  #report(kind: ProblemKind, reason: string, place: Place, value: unknown, type = jsonTypeOf(value)): void {
    const path = pathText(place);
    const message = `The value at ${path} ${reason}; it is of type ${type}.`;
    this.#problems.push(new Problem(kind, message, { path, valueType: type }));
    if (this.#problems.length >= MOST_PROBLEMS || kind === CANONICAL_TOO_DEEP) this.throwFindings();
  }
}

/** The SDK writes `is_terminal` of DV_STATE as `terminal` (openehr-formats 20.2, 6); that is read as well. */
function otherNameOf(concrete: RmClass, attribute: RmAttribute): string {
  return concrete.name === "DV_STATE" && attribute.name === "is_terminal" ? "terminal" : attribute.name;
}

function completeIntervalFlags(interval: RmObject): void {
  interval.lower_unbounded ??= false;
  interval.upper_unbounded ??= false;
  interval.lower_included ??= true;
  interval.upper_included ??= true;
}

function pathText(place: Place): string {
  const members: string[] = [];
  for (let at: Place | undefined = place; at !== undefined; at = at.parent) {
    members.push(typeof at.member === "number" ? `[${at.member}]` : at.parent === undefined ? "$" : `.${at.member}`);
  }
  return members.reverse().join("");
}

/**
 * Writes an RM tree as canonical JSON (openehr-formats 15.2): members in the order of 21.2, no `_type` on ARCHETYPED,
 * ARCHETYPE_ID, TEMPLATE_ID, LINK and HISTORY where nothing else can stand, absent members and empty lists left out, the
 * four flags of DV_INTERVAL always written. Gives a new document; the tree stays as it is.
 */
export function writeCanonicalJson(object: RmObject): JsonObject {
  return writtenObject(object, object._type);
}

function writtenObject(object: RmObject, declaredType: string): JsonObject {
  const written: JsonObject = {};
  const isClear = object._type === declaredType && WRITTEN_WITHOUT_TYPE.has(object._type);
  if (!isClear) written._type = object._type;
  for (const { name, type } of rmClass(object._type)?.attributes ?? []) {
    const value = writtenValue(object[name], type);
    if (value !== undefined) written[name] = value;
  }
  if (object._type === "DV_INTERVAL") completeIntervalFlags(written as RmObject);
  return written;
}

function writtenValue(value: RmValue | undefined, declaredType: string): JsonValue | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) {
    const items = value.map((item) => writtenValue(item, declaredType)).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  return isRmObject(value) ? writtenObject(value, declaredType) : value;
}
