import { frozen } from "../rm/freeze-value.js";
import { isRmObject, type RmObject, type RmValue } from "../rm/rm-object.js";
import {
  type ClassReading,
  classReading,
  completeIntervalFlags,
  memberOrder,
  positionOf,
} from "./attribute-readings.js";
import type { JsonObject, JsonValue } from "./json.js";

/** Classes whose objects canonical JSON writes without `_type` where their class is the declared one (openehr-formats 15.2). */
const WRITTEN_WITHOUT_TYPE = new Set(["ARCHETYPED", "ARCHETYPE_ID", "TEMPLATE_ID", "LINK", "HISTORY"]);

/** Whether objects of a class do not say it where it is the declared one. */
export function isWrittenWithoutType(name: string): boolean {
  return WRITTEN_WITHOUT_TYPE.has(name);
}

/**
 * Writes an RM tree as canonical JSON (openehr-formats 15.2): members in the order of 21.2, no `_type` on ARCHETYPED,
 * ARCHETYPE_ID, TEMPLATE_ID, LINK and HISTORY where nothing else can stand, absent members and empty lists left out, the
 * four flags of DV_INTERVAL always written. The tree stays as it is; what has that form already is part of both, so neither is
 * to be changed afterwards.
 */
export function writeCanonicalJson(object: RmObject): JsonObject {
  return writtenObject(object, object._type);
}

function writtenObject(object: RmObject, declaredType: string): JsonObject {
  if (object._type === declaredType && WRITTEN_WITHOUT_TYPE.has(object._type)) return withoutType(object);
  const concrete = classReading(object._type);
  if (concrete === undefined) return { _type: object._type };
  switch (memberOrder(object, concrete)) {
    case "texts":
      return object as JsonObject;
    case "ordered":
      return writtenAsItStands(object, concrete);
    case "disordered":
      return writtenInOrder(object, concrete, { _type: object._type });
  }
}

/** What templates determine is frozen and written once for all compositions. */
const writtenFrozen = new WeakMap<object, JsonValue>();

function writtenOfTemplate(value: RmValue, declaredType: string): JsonValue | undefined {
  if (typeof value !== "object") return value;
  const known = writtenFrozen.get(value);
  if (known !== undefined) return known;
  const written = writtenValue(value, declaredType);
  if (written !== undefined && Object.isFrozen(value)) {
    frozen(written as RmValue);
    writtenFrozen.set(value, written);
  }
  return written;
}

function withoutType(object: RmObject): JsonObject {
  return writtenInOrder(object, classReading(object._type), {});
}

function writtenInOrder(object: RmObject, concrete: ClassReading | undefined, written: JsonObject): JsonObject {
  for (const { name, attribute, isOfTemplate } of concrete?.inOrder ?? []) {
    const member = object[name];
    if (member === undefined) continue;
    const value = isOfTemplate ? writtenOfTemplate(member, attribute.type) : writtenValue(member, attribute.type);
    if (value !== undefined) written[name] = value;
  }
  if (object._type === "DV_INTERVAL") completeIntervalFlags(written as RmObject);
  return written;
}

/** An object whose members are in order; it is copied as soon as one of them is written as something else. */
function writtenAsItStands(object: RmObject, concrete: ClassReading): JsonObject {
  const { inOrder } = concrete;
  let written: JsonObject = object as JsonObject;
  let at = 0;
  for (const name in object) {
    const value = object[name];
    let content: JsonValue | undefined;
    if (typeof value !== "object") content = value;
    else {
      at = positionOf(name, inOrder, at);
      const reading = inOrder[at];
      content =
        reading?.isOfTemplate === true
          ? writtenOfTemplate(value, reading.attribute.type)
          : writtenValue(value, reading?.attribute.type ?? "");
    }
    if (content === value && content !== undefined) {
      if (written !== object) written[name] = content;
      continue;
    }
    if (written === object) written = membersBefore(name, object);
    if (content !== undefined) written[name] = content;
  }
  return written;
}

function membersBefore(name: string, object: RmObject): JsonObject {
  const copy: JsonObject = {};
  for (const before in object) {
    if (before === name) break;
    copy[before] = object[before] as JsonValue;
  }
  return copy;
}

/** A value as it is written where a class is declared; undefined when nothing of it is left. What is written already stays. */
export function writtenValue(value: RmValue, declaredType: string): JsonValue | undefined {
  if (Array.isArray(value)) return writtenList(value, declaredType);
  return isRmObject(value) ? writtenObject(value, declaredType) : value;
}

function writtenList(list: readonly RmValue[], declaredType: string): JsonValue | undefined {
  if (list.length === 0) return undefined;
  const items: JsonValue[] = [];
  let isSame = true;
  for (const item of list) {
    const written = writtenValue(item, declaredType);
    if (written !== item) isSame = false;
    if (written !== undefined) items.push(written);
  }
  if (isSame) return list as JsonValue[];
  return items.length === 0 ? undefined : items;
}
