import { isExactNumber, NumberText } from "../../openehr/json/number-text.js";
import { isRmObject, type RmObject, type RmValue } from "../../openehr/rm/rm-object.js";
import { codingOf } from "../datatypes/code-phrase.js";
import { convertToFhir, convertToFhirAs } from "../datatypes/conversions.js";
import { eventToFhir } from "../datatypes/event.js";
import type { ConversionContext, FhirData } from "../datatypes/fhir-data.js";
import { attributeText } from "../datatypes/rm-primitives.js";
import { objectAttribute, stringAttribute } from "../datatypes/rm-values.js";
import type { CodedTextPart, OpenEhrAccessor } from "../plan.js";
import { valuesAt } from "../rm-members.js";
import type { Occurrence } from "./openehr-scope.js";

/** What is read of an occurrence. */
type ReadPart = Pick<OpenEhrAccessor, "members" | "part" | "asText">;

/** The data value that an occurrence holds: the value of an ELEMENT, or the occurrence itself. */
export function dataValueOf(value: RmValue): RmValue | undefined {
  if (isRmObject(value) && value._type === "ELEMENT") return value.value;
  return value;
}

/** What a step finds at an occurrence of its openEHR end: the occurrence, or what the path goes on into below it. */
export function valuesOf(accessor: ReadPart, occurrence: Occurrence): readonly (RmValue | undefined)[] {
  if (accessor.members.length === 0) return [occurrence.value];
  const found = valuesAt(occurrence.value, accessor.members);
  return found.length === 0 ? nothing : found;
}

const nothing: readonly undefined[] = [undefined];

/** What a value at a step's openEHR end carries to FHIR; undefined for structure, and when there is nothing to carry. */
export function readFhirData(
  accessor: ReadPart,
  found: RmValue | undefined,
  context: ConversionContext,
  readAs: string | undefined,
): FhirData | undefined {
  const value = found === undefined ? undefined : dataValueOf(found);
  if (value === undefined || Array.isArray(value)) return undefined;
  if (typeof value === "boolean") return { type: "boolean", value };
  if (value instanceof NumberText) return { type: "integer", value: value.valueOf(), digits: value.text };
  if (typeof value === "number") return { type: "integer", value };
  if (typeof value === "string")
    return accessor.members.length === 0 ? { type: "string", value } : attributeText(value);
  if (accessor.part !== undefined) return partData(value, accessor.part);
  if (accessor.asText && (readAs === undefined || readAs === "DV_TEXT")) return textData(value);
  if (readAs !== undefined) return convertToFhirAs(value, readAs, context);
  if (value._type.endsWith("EVENT")) return eventToFhir(value, context);
  return convertToFhir(value, context);
}

function textData(value: RmObject): FhirData | undefined {
  const isPlain = typeof value.value === "string" && value._type !== "DV_CODED_TEXT";
  return isPlain ? { type: "string", value: value.value as string } : undefined;
}

function partData(value: RmObject, part: CodedTextPart): FhirData | undefined {
  const phrase = value._type === "CODE_PHRASE" ? value : objectAttribute(value, "defining_code");
  switch (part) {
    case "code": {
      const coding = codingOf(phrase, stringAttribute(phrase, "preferred_term"));
      return coding === undefined ? undefined : { type: "Coding", value: coding };
    }
    case "terminology": {
      const id = stringAttribute(objectAttribute(phrase, "terminology_id"), "value");
      return id === undefined ? undefined : { type: "string", value: id };
    }
    case "value": {
      const text = stringAttribute(value, "value");
      return text === undefined ? undefined : { type: "string", value: text };
    }
    default:
      return part satisfies never;
  }
}

/** The text that a condition compares: the code of a coded text, the part asked for, or the value as text. */
export function comparableText(accessor: ReadPart, found: RmValue | undefined): string | undefined {
  const value = found === undefined ? undefined : dataValueOf(found);
  if (value === undefined || Array.isArray(value)) return undefined;
  if (typeof value !== "object" || isExactNumber(value)) return String(value);
  const phrase = value._type === "CODE_PHRASE" ? value : objectAttribute(value, "defining_code");
  switch (accessor.part) {
    case "code":
      return stringAttribute(phrase, "code_string");
    case "terminology":
      return stringAttribute(objectAttribute(phrase, "terminology_id"), "value");
    case "value":
      return stringAttribute(value, "value");
    case undefined: {
      if (phrase !== undefined) return stringAttribute(phrase, "code_string");
      const own = value.value ?? value.magnitude ?? value.id ?? value.name;
      return isRmObject(own) || Array.isArray(own) || own === undefined ? undefined : String(own.valueOf());
    }
    default:
      return accessor.part satisfies never;
  }
}
