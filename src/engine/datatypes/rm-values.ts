import type { JsonObject, JsonValue } from "../../fhir/json.js";
import { digitsAt, isJsonObject, noteDigits } from "../../fhir/json.js";
import { type ExactNumber, isExactNumber, NumberText } from "../../openehr/json/number-text.js";
import { isRmObject, type RmObject, type RmValue } from "../../openehr/rm/rm-object.js";

/** A string attribute of an RM object; undefined when absent or of another type. */
export function stringAttribute(object: RmObject | undefined, attribute: string): string | undefined {
  const value = object?.[attribute];
  return typeof value === "string" ? value : undefined;
}

/** A numeric attribute of an RM object, as a double; undefined when absent or of another type. */
export function numberAttribute(object: RmObject | undefined, attribute: string): number | undefined {
  const value = object?.[attribute];
  return isExactNumber(value) ? value.valueOf() : undefined;
}

/** A numeric attribute of an RM object with its digits; undefined when absent or of another type. */
export function exactAttribute(object: RmObject | undefined, attribute: string): ExactNumber | undefined {
  const value = object?.[attribute];
  return isExactNumber(value) ? value : undefined;
}

/** An object attribute of an RM object; undefined when absent or not an object. */
export function objectAttribute(object: RmObject | undefined, attribute: string): RmObject | undefined {
  const value = object?.[attribute];
  return isRmObject(value) ? value : undefined;
}

/** A list attribute of an RM object, empty when absent. */
export function listAttribute(object: RmObject | undefined, attribute: string): readonly RmValue[] {
  const value = object?.[attribute];
  return Array.isArray(value) ? value : [];
}

/** A non-empty string member of a FHIR object. */
export function stringMember(object: JsonObject | undefined, member: string): string | undefined {
  const value = object?.[member];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A numeric member of a FHIR object. */
export function numberMember(object: JsonObject | undefined, member: string): number | undefined {
  const value = object?.[member];
  return typeof value === "number" ? value : undefined;
}

/** A numeric member of a FHIR object with its digits. */
export function exactMember(object: JsonObject | undefined, member: string): ExactNumber | undefined {
  const value = numberMember(object, member);
  const digits = object === undefined || value === undefined ? undefined : digitsAt(object, member);
  return digits === undefined ? value : new NumberText(digits);
}

/** An object member of a FHIR object. */
export function objectMember(object: JsonObject | undefined, member: string): JsonObject | undefined {
  const value = object?.[member];
  return isJsonObject(value) ? value : undefined;
}

/** The object members of a list member of a FHIR object. */
export function objectsMember(object: JsonObject | undefined, member: string): readonly JsonObject[] {
  const value = object?.[member];
  if (!Array.isArray(value)) return noObjects;
  return areObjects(value) ? value : value.filter(isJsonObject);
}

const noObjects: readonly JsonObject[] = Object.freeze([]);

function areObjects(list: readonly JsonValue[]): list is readonly JsonObject[] {
  for (const item of list) if (!isJsonObject(item)) return false;
  return true;
}

/** A JSON object from members that may be undefined; those are left out. Digits of numbers are noted. */
export function jsonObject(members: Record<string, JsonValue | NumberText | undefined>): JsonObject {
  const object: JsonObject = {};
  for (const name in members) {
    const value = members[name];
    if (value === undefined) continue;
    if (value instanceof NumberText) {
      object[name] = value.valueOf();
      noteDigits(object, name, value.text);
    } else object[name] = value;
  }
  return object;
}

/** An RM object from attributes that may be undefined; those are left out. */
export function rmObject(type: string, attributes: Record<string, RmValue | undefined>): RmObject {
  const object: RmObject = { _type: type };
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined) object[name] = value;
  }
  return object;
}
