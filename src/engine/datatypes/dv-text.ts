import { isJsonObject, type JsonObject } from "../../fhir/json.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { Semantics } from "../semantics.js";
import { codePhraseOf } from "./code-phrase.js";
import type { DataTypeConverter } from "./converter.js";
import { dvCodedText } from "./dv-coded-text.js";
import { dvDateTime } from "./dv-date-time.js";
import type { FhirData } from "./fhir-data.js";
import { isQuantityType, primitiveText } from "./fhir-primitives.js";
import { exactMember, jsonObject, objectsMember, rmObject, stringAttribute, stringMember } from "./rm-values.js";
import { mappedCodings, termMappingsOf } from "./term-mapping.js";

/**
 * DV_TEXT ↔ string, CodeableConcept, Coding and whatever has one text (fhirconnect-language 13.3, engine-behaviour 8.4)
 *
 * | DV_TEXT  | FHIR                                                     | survives  |
 * |----------|----------------------------------------------------------|-----------|
 * | value    | string and its kin                                       | both      |
 * | value    | CodeableConcept.text, else a display                     | both      |
 * | mappings | CodeableConcept.coding                                   | both with `codedTexts: complete`; otherwise to FHIR lost, and a coded concept becomes a DV_CODED_TEXT |
 * | value    | Coding.display                                           | both; with `codedTexts: one-label` a Coding with a code becomes a DV_CODED_TEXT of the code |
 * | mappings | Coding: the first one                                    | as of a CodeableConcept |
 * | value    | Annotation.text, Address.text, HumanName as a line       | to openEHR |
 * | value    | Quantity: the number alone                               | to openEHR |
 */
export const dvText: DataTypeConverter = {
  rmType: "DV_TEXT",

  toFhir(value, { semantics }): FhirData | undefined {
    const text = stringAttribute(value, "value");
    if (text === undefined) return undefined;
    const coding = mappedCodings(value, semantics);
    const asCoding = { type: "Coding", value: jsonObject({ ...coding[0], display: text }) };
    if (coding.length === 0 || semantics.codedTexts === "one-label")
      return { type: "string", value: text, alternatives: [asCoding] };
    const concept = { type: "CodeableConcept", value: { coding: [...coding], text } };
    return { type: "string", value: text, alternatives: [concept, asCoding] };
  },

  toOpenEhr(node, context, place): RmObject | undefined {
    if (node.type === "dateTime" || node.type === "instant") {
      return text(stringAttribute(dvDateTime.toOpenEhr(node, context), "value"));
    }
    if (!isJsonObject(node.value)) return text(primitiveText(node));
    const { semantics } = context;
    if (node.type === "CodeableConcept")
      return semantics.codedTexts === "complete"
        ? mappedText(stringMember(node.value, "text"), objectsMember(node.value, "coding"), semantics)
        : (dvCodedText.toOpenEhr(node, context, place) ?? text(conceptText(node.value)));
    if (node.type === "Coding")
      return semantics.codedTexts === "complete"
        ? mappedText(undefined, [node.value], semantics)
        : (codeAsText(node.value) ?? text(stringMember(node.value, "display")));
    if (isQuantityType(node.type)) return text(numberText(node.value));
    if (node.type === "HumanName") return text(humanNameLine(node.value));
    if (node.type === "Annotation" || node.type === "Address") return text(stringMember(node.value, "text"));
    return undefined;
  },
};

function text(value: string | undefined): RmObject | undefined {
  return value === undefined ? undefined : rmObject("DV_TEXT", { value });
}

/** A free text with all its codings beside it; the first display, else the first code stands in for a text. */
function mappedText(
  own: string | undefined,
  codings: readonly JsonObject[],
  semantics: Semantics,
): RmObject | undefined {
  const value = own ?? firstOf(codings, "display") ?? firstOf(codings, "code");
  return value === undefined ? undefined : rmObject("DV_TEXT", { value, mappings: termMappingsOf(codings, semantics) });
}

function conceptText(concept: JsonObject): string | undefined {
  return stringMember(concept, "text") ?? firstOf(objectsMember(concept, "coding"), "display");
}

function firstOf(codings: readonly JsonObject[], member: "display" | "code"): string | undefined {
  return codings.map((coding) => stringMember(coding, member)).find((found) => found !== undefined);
}

function codeAsText(coding: JsonObject): RmObject | undefined {
  const phrase = codePhraseOf(coding);
  return phrase === undefined
    ? undefined
    : rmObject("DV_CODED_TEXT", { value: stringMember(coding, "code"), defining_code: phrase });
}

function numberText(quantity: JsonObject): string | undefined {
  const value = exactMember(quantity, "value");
  return value === undefined ? undefined : String(value);
}

function humanNameLine(name: JsonObject): string | undefined {
  const parts = [name.prefix, name.given, name.family, name.suffix]
    .flat()
    .filter((part) => typeof part === "string" && part !== "");
  return stringMember(name, "text") ?? (parts.length === 0 ? undefined : parts.join(" "));
}
