import { isExactNumber } from "../json/number-text.js";
import { normalTemporal } from "../rm/temporal-types.js";
import {
  type AttributeReading,
  acceptedAs,
  type ClassReading,
  classReading,
  positionOf,
} from "./attribute-readings.js";
import { readCanonicalPrimitive } from "./canonical-primitives.js";

/** Deepest nesting of RM objects that is looked into; real compositions stay below 40. */
const DEEPEST = 100;

/** Classes whose objects canonical JSON writes without `_type`, and which readers know without it (openehr-formats 15.2). */
const known = new Map(
  ["ARCHETYPED", "ARCHETYPE_ID", "TEMPLATE_ID", "HISTORY"].map((name) => [name, classReading(name)] as const),
);

/**
 * Whether a value of canonical JSON is an object of a class and has nothing but what `readCanonicalJson` takes over as it is:
 * known attributes of the right class, in any order, values in normal form, no `null`, no empty list. Nearly every document is
 * so, and needs no reader. Only ARCHETYPED, ARCHETYPE_ID, TEMPLATE_ID and HISTORY may lack their `_type`.
 */
export function isInNormalForm(value: unknown, declaredType: string): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const members = value as Record<string, unknown>;
  const concrete = acceptedAs(declaredType).get(members._type as string);
  return concrete !== undefined && isObjectOf(members, concrete, 0);
}

function isObjectOf(members: Record<string, unknown>, concrete: ClassReading, depth: number): boolean {
  if (depth > DEEPEST || (concrete.isCompleted && !hasIntervalFlags(members))) return false;
  const { inOrder } = concrete;
  let at = 0;
  for (const name in members) {
    if (name === "_type") continue;
    let position = positionOf(name, inOrder, at);
    if (position === inOrder.length) position = positionOf(name, inOrder, 0);
    const reading = inOrder[position];
    if (reading === undefined) return false;
    at = position + 1;
    const value = members[name];
    if (reading.isText) {
      if (typeof value !== "string") return false;
    } else if (!reading.attribute.isList) {
      if (!isValueOf(value, reading, depth)) return false;
    } else if (!isListOf(value, reading, depth)) return false;
  }
  return !concrete.isTemporal || hasNormalText(members, concrete.rmClass.name);
}

function isListOf(value: unknown, reading: AttributeReading, depth: number): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  for (const item of value) if (!isValueOf(item, reading, depth)) return false;
  return true;
}

function isValueOf(value: unknown, reading: AttributeReading, depth: number): boolean {
  if (!reading.holdsObjects) return isPrimitiveOf(value, reading.attribute.type);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const members = value as Record<string, unknown>;
  const type = members._type;
  if (type === undefined) {
    const untyped = known.get(reading.attribute.type);
    return untyped !== undefined && isObjectOf(members, untyped, depth + 1);
  }
  const concrete = reading.acceptedClass(type as string);
  return concrete !== undefined && isObjectOf(members, concrete, depth + 1);
}

function isPrimitiveOf(value: unknown, type: string): boolean {
  if (typeof value === "string") return type !== "BOOLEAN" && readCanonicalPrimitive(value, type) === value;
  if (typeof value === "boolean") return type === "BOOLEAN";
  return isExactNumber(value) && readCanonicalPrimitive(value, type) === value;
}

function hasNormalText({ value }: Record<string, unknown>, rmType: string): boolean {
  if (typeof value !== "string") return value === undefined;
  const normal = normalTemporal(rmType, value);
  return normal !== undefined && "text" in normal && normal.text === value;
}

function hasIntervalFlags(members: Record<string, unknown>): boolean {
  const { lower_unbounded, upper_unbounded, lower_included, upper_included } = members;
  const flags = [lower_unbounded, upper_unbounded, lower_included, upper_included];
  return flags.every((flag) => flag !== undefined);
}
