import { isJsonObject, type JsonObject } from "../../fhir/json.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import { codePhraseOf } from "./code-phrase.js";
import type { DataTypeConverter } from "./converter.js";
import { dvCodedText } from "./dv-coded-text.js";
import { dvDateTime } from "./dv-date-time.js";
import type { FhirData } from "./fhir-data.js";
import { isQuantityType, primitiveText } from "./fhir-primitives.js";
import { numberMember, objectMember, rmObject, stringAttribute, stringMember } from "./rm-values.js";

/**
 * DV_TEXT ↔ string, CodeableConcept.text and whatever has one text (fhirconnect-language 13.3, engine-behaviour 8.4)
 *
 * | DV_TEXT | FHIR                                                                     | survives  |
 * |---------|--------------------------------------------------------------------------|-----------|
 * | value   | string and its kin                                                       | both      |
 * | value   | CodeableConcept.text, Annotation.text, Address.text, HumanName as a line | to openEHR (a coded concept becomes a DV_CODED_TEXT) |
 * | value   | Quantity: the number alone; Extension: its value                         | to openEHR |
 */
export const dvText: DataTypeConverter = {
  rmType: "DV_TEXT",

  toFhir(value): FhirData | undefined {
    const text = stringAttribute(value, "value");
    return text === undefined ? undefined : { type: "string", value: text };
  },

  toOpenEhr(node, context): RmObject | undefined {
    if (node.type === "dateTime" || node.type === "instant") {
      return text(stringAttribute(dvDateTime.toOpenEhr(node, context), "value"));
    }
    if (!isJsonObject(node.value)) return text(primitiveText(node));
    if (node.type === "CodeableConcept")
      return dvCodedText.toOpenEhr(node, context) ?? text(stringMember(node.value, "text"));
    if (node.type === "Coding") return codeAsText(node.value);
    if (isQuantityType(node.type)) return text(numberText(node.value));
    if (node.type === "HumanName") return text(humanNameLine(node.value));
    if (node.type === "Extension") return text(extensionText(node.value));
    if (node.type === "Annotation" || node.type === "Address") return text(stringMember(node.value, "text"));
    return undefined;
  },
};

function text(value: string | undefined): RmObject | undefined {
  return value === undefined ? undefined : rmObject("DV_TEXT", { value });
}

function codeAsText(coding: JsonObject): RmObject | undefined {
  const phrase = codePhraseOf(coding);
  return phrase === undefined
    ? undefined
    : rmObject("DV_CODED_TEXT", { value: stringMember(coding, "code"), defining_code: phrase });
}

function numberText(quantity: JsonObject): string | undefined {
  const value = numberMember(quantity, "value");
  return value === undefined ? undefined : String(value);
}

function humanNameLine(name: JsonObject): string | undefined {
  const given = Array.isArray(name.given) ? name.given.filter((part) => typeof part === "string") : [];
  const parts = [...given, stringMember(name, "family")].filter((part) => part !== undefined);
  return stringMember(name, "text") ?? (parts.length === 0 ? undefined : parts.join(" "));
}

function extensionText(extension: JsonObject): string | undefined {
  for (const [member, value] of Object.entries(extension)) {
    if (!member.startsWith("value")) continue;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
  }
  return stringMember(objectMember(extension, "valueCodeableConcept"), "text");
}
