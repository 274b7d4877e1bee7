import { digitsAt, isJsonObject, type JsonObject, type JsonPrimitive, noteDigits } from "../../fhir/json.js";
import { FhirInstance } from "../../fhir/path/fhir-instance.js";
import { putContent } from "../../fhir/path/instance-content.js";
import type { FhirSchema } from "../../fhir/schema/fhir-schema.js";
import { qualifiedCode } from "../datatypes/code-phrase.js";
import { ucumSystem } from "../datatypes/dv-quantity.js";
import type { FhirData } from "../datatypes/fhir-data.js";
import { isIntegerType, isQuantityType, isStringType } from "../datatypes/fhir-primitives.js";
import { absentReasonUrl } from "../datatypes/null-flavour.js";
import { numberMember, objectsMember, stringMember } from "../datatypes/rm-values.js";

/**
 * Puts a FHIR value into the element that a mapping created (engine-behaviour 8.3). The element may be of another type
 * than the value; pairs without a rule are left alone.
 * @returns whether the value was taken
 */
export function populate(target: FhirInstance, data: FhirData, schema: FhirSchema): boolean {
  const type = target.type.name;
  if (type === "Extension") return putExtensionValue(target, data, schema);
  const { alternatives } = data;
  if (alternatives !== undefined && type !== data.type) {
    const form = alternatives.find((one) => sameKind(type, one.type));
    if (form !== undefined)
      return isJsonObject(form.value) ? putContent(target, form.value, schema) : put(target, form.value);
  }
  if (isJsonObject(data.value)) return populateFromComplex(target, type, data.type, data.value, schema);
  return populateFromPrimitive(target, type, data, schema);
}

function sameKind(type: string, from: string): boolean {
  if (type === from || (isQuantityType(type) && isQuantityType(from))) return true;
  return from === "string" && type !== "code" && isStringType(type);
}

function populateFromComplex(
  target: FhirInstance,
  type: string,
  from: string,
  value: JsonObject,
  schema: FhirSchema,
): boolean {
  if (sameKind(type, from)) return putContent(target, value, schema);
  switch (from) {
    case "Quantity":
      if (type === "Ratio") return putContent(target, { numerator: value }, schema);
      if (isIntegerType(type)) return putNumber(target, truncated(numberMember(value, "value")));
      return type === "decimal" && putNumber(target, numberMember(value, "value"), digitsAt(value, "value"));
    case "Timing":
      return type === "Timing.repeat" && isJsonObject(value.repeat) && putContent(target, value.repeat, schema);
    case "Identifier":
      return isStringType(type) && putText(target, stringMember(value, "value"));
    case "CodeableConcept":
      return populateFromConcept(target, type, value, schema);
    case "Coding":
      if (type === "CodeableConcept") return putContent(target, { coding: [value] }, schema);
      if (type === "code") return putText(target, stringMember(value, "code"));
      return isStringType(type) && putText(target, qualifiedCode(value));
    default:
      return false;
  }
}

function populateFromConcept(target: FhirInstance, type: string, concept: JsonObject, schema: FhirSchema): boolean {
  const first = objectsMember(concept, "coding")[0];
  const text = stringMember(concept, "text");
  if (type === "Coding") return first !== undefined && putContent(target, first, schema);
  if (type === "code") return putText(target, stringMember(first, "code"));
  if (isStringType(type)) return putText(target, text);
  if (type === "Identifier") {
    return putContent(target, { system: first?.system, value: stringMember(first, "code") ?? text }, schema);
  }
  if (!isQuantityType(type)) return false;
  const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isNaN(value)) return false;
  return putContent(target, { value, unit: first?.display, code: first?.code }, schema);
}

function populateFromPrimitive(
  target: FhirInstance,
  type: string,
  { type: from, value, digits }: FhirData,
  schema: FhirSchema,
): boolean {
  if (isJsonObject(value) || value === null) return false;
  switch (from) {
    case "integer":
      if (type === "Count") return putContent(target, { value, system: ucumSystem, code: "1" }, schema);
      if (isQuantityType(type)) return putContent(target, withDigits({ value }, digits), schema);
      return (
        (isIntegerType(type) || type === "decimal") && typeof value === "number" && putNumber(target, value, digits)
      );
    case "boolean":
      return type === "boolean" && put(target, value);
    case "dateTime":
      if (type === "dateTime") return put(target, value);
      if (type === "date") return put(target, String(value).slice(0, 10));
      if (type === "instant") return putText(target, withMilliseconds(String(value)));
      return type !== "code" && isStringType(type) && put(target, value);
    case "date":
      return (type === "date" || type === "dateTime") && put(target, value);
    case "time":
      return type === "time" && put(target, value);
    default:
      return populateFromText(target, type, String(value), schema);
  }
}

function populateFromText(target: FhirInstance, type: string, text: string, schema: FhirSchema): boolean {
  if (type === "CodeableConcept") return putContent(target, { text }, schema);
  if (isIntegerType(type) || type === "decimal") return putNumber(target, numberIn(text, isIntegerType(type)));
  if (type === "boolean") {
    const lower = text.trim().toLowerCase();
    return (lower === "true" || lower === "false") && put(target, lower === "true");
  }
  return target.type.kind === "primitive" && put(target, text);
}

function putExtensionValue(target: FhirInstance, data: FhirData, schema: FhirSchema): boolean {
  const type = schema.type(data.type);
  if (type === undefined) return false;
  const value = new FhirInstance(type);
  if (!populate(value, data, schema)) return false;
  target.setField("value", value);
  return true;
}

/** Says on an element without value why it has none. */
export function putAbsence(target: FhirInstance, reason: string, schema: FhirSchema): void {
  putContent(target, { extension: [{ url: absentReasonUrl, valueCode: reason }] }, schema);
}

function put(target: FhirInstance, value: JsonPrimitive): boolean {
  if (value === null) return false;
  target.primitive = value;
  return true;
}

function putText(target: FhirInstance, text: string | undefined): boolean {
  return text !== undefined && put(target, text);
}

/** @param digits those of the number; an integer has none behind a decimal point */
function putNumber(target: FhirInstance, value: number | undefined, digits?: string): boolean {
  if (value === undefined) return false;
  if (digits !== undefined && (target.type.name === "decimal" || /^-?\d+$/.test(digits))) target.digits = digits;
  return put(target, value);
}

function withDigits(quantity: JsonObject, digits: string | undefined): JsonObject {
  if (digits !== undefined) noteDigits(quantity, "value", digits);
  return quantity;
}

function truncated(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.trunc(value);
}

/** The number a text is; undefined when it is none, or not the whole one that is asked for. */
function numberIn(text: string, whole: boolean): number | undefined {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return (whole ? Number.isInteger(value) : Number.isFinite(value)) ? value : undefined;
}

/** An instant is written to the millisecond; undefined for what is less than a moment. */
function withMilliseconds(dateTime: string): string | undefined {
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?(.*)$/.exec(dateTime);
  return match === null ? undefined : `${match[1]}.${(match[2] ?? "").padEnd(3, "0")}${match[3]}`;
}
