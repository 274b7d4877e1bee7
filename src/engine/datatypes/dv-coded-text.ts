import { isJsonObject, type JsonObject } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import { isRmObject, type RmObject } from "../../openehr/rm/rm-object.js";
import type { TemplateInput, TemplateNode } from "../../openehr/template/template.js";
import type { Semantics } from "../semantics.js";
import { codePhraseOf, codingOf } from "./code-phrase.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { primitiveText } from "./fhir-primitives.js";
import { jsonObject, objectsMember, rmObject, stringAttribute, stringMember } from "./rm-values.js";
import { mappedCodings, termMappingsOf } from "./term-mapping.js";

/**
 * DV_CODED_TEXT ↔ CodeableConcept, Coding, code, Identifier (fhirconnect-language 13.3, engine-behaviour 8.2 and 8.4)
 *
 * | DV_CODED_TEXT                | CodeableConcept      | survives |
 * |------------------------------|----------------------|----------|
 * | defining_code                | first coding, or the one of the system that the template asks for (`codedTexts: complete`) | both |
 * | value                        | text                 | both; to openEHR the display, then the code stand in for it |
 * | defining_code.preferred_term | display, else value  | with `codedTexts: complete`, where it differs from the value; otherwise lost |
 * | mappings                     | further codings      | as in TERM_MAPPING |
 *
 * Of a Coding the display, else the code is the value. A concept without a coded coding is not a coded text: it is left to
 * DV_TEXT, or reported.
 */
export const dvCodedText: DataTypeConverter = {
  rmType: "DV_CODED_TEXT",

  toFhir(value, { semantics }): FhirData | undefined {
    const text = typeof value.value === "string" ? value.value : undefined;
    const phrase = isRmObject(value.defining_code) ? value.defining_code : undefined;
    const term = semantics.codedTexts === "complete" ? stringAttribute(phrase, "preferred_term") : undefined;
    const first = codingOf(phrase, term ?? text);
    const coding = first === undefined ? [] : [first];
    if (value.mappings !== undefined) coding.push(...mappedCodings(value, semantics));
    if (text === undefined && coding.length === 0) return undefined;
    const concept: JsonObject = {};
    if (coding.length > 0) concept.coding = coding;
    if (text !== undefined) concept.text = text;
    return { type: "CodeableConcept", value: concept };
  },

  toOpenEhr(node, { semantics }, place): RmObject | undefined {
    switch (node.type) {
      case "CodeableConcept":
        return isJsonObject(node.value) ? fromConcept(node.value, semantics, place) : undefined;
      case "Coding":
        return isJsonObject(node.value) ? fromCoding(node.value) : undefined;
      case "Identifier":
        return isJsonObject(node.value) ? fromIdentifier(node.value) : undefined;
      case "code":
        return fromCode(node);
      default: {
        const text = primitiveText(node);
        return text === undefined ? undefined : rmObject("DV_CODED_TEXT", { value: text });
      }
    }
  },
};

function fromConcept(concept: JsonObject, semantics: Semantics, place: TemplateNode | undefined): RmObject | undefined {
  const codings = withCode(objectsMember(concept, "coding"));
  const own = (semantics.codedTexts === "complete" ? requiredCoding(codings, place) : undefined) ?? codings[0];
  if (own === undefined) return undefined;
  const display = stringMember(own, "display");
  const value = stringMember(concept, "text") ?? display ?? stringMember(own, "code");
  const phrase = codePhraseOf(own);
  if (phrase !== undefined && display !== undefined && display !== value && semantics.codedTexts === "complete")
    phrase.preferred_term = display;
  const others = codings.length === 1 ? [] : codings.filter((coding) => coding !== own);
  const text: RmObject = { _type: "DV_CODED_TEXT", value };
  const mappings = others.length === 0 ? undefined : termMappingsOf(others, semantics);
  if (mappings !== undefined) text.mappings = mappings;
  if (phrase !== undefined) text.defining_code = phrase;
  return text;
}

function withCode(codings: readonly JsonObject[]): readonly JsonObject[] {
  const [only] = codings;
  // Most concepts have one coding.
  if (codings.length === 1) return stringMember(only, "code") === undefined ? [] : codings;
  return codings.filter((coding) => stringMember(coding, "code") !== undefined);
}

/** The coding that the template asks for: one of its codes, or one of its terminology. */
function requiredCoding(codings: readonly JsonObject[], place: TemplateNode | undefined): JsonObject | undefined {
  if (codings.length < 2 || place === undefined) return undefined;
  const code = place.children.find((child) => child.attribute === "defining_code");
  const asked = [...place.inputs, ...(code?.inputs ?? [])].find((input) => input.terminology !== undefined);
  if (asked === undefined) return undefined;
  return codings.find((coding) => isOf(asked, coding)) ?? codings.find((coding) => hasSystemOf(asked, coding));
}

function isOf(asked: TemplateInput, coding: JsonObject): boolean {
  return hasSystemOf(asked, coding) && asked.list?.some((entry) => entry.value === coding.code) === true;
}

function hasSystemOf({ terminology }: TemplateInput, coding: JsonObject): boolean {
  const system = stringMember(coding, "system");
  return system !== undefined && (system === terminology || terminologyNames.get(system) === terminology);
}

/** What templates call the code systems of FHIR. */
const terminologyNames: ReadonlyMap<string, string> = new Map([
  ["http://snomed.info/sct", "SNOMED-CT"],
  ["http://loinc.org", "LOINC"],
  ["http://unitsofmeasure.org", "UCUM"],
]);

function fromCoding(coding: JsonObject): RmObject | undefined {
  const phrase = codePhraseOf(coding);
  if (phrase === undefined) return undefined;
  return rmObject("DV_CODED_TEXT", {
    value: stringMember(coding, "display") ?? stringMember(coding, "code"),
    defining_code: phrase,
  });
}

function fromIdentifier(identifier: JsonObject): RmObject | undefined {
  const value = stringMember(identifier, "value");
  if (value === undefined) return undefined;
  const system = stringMember(identifier, "system");
  return rmObject("DV_CODED_TEXT", { value, defining_code: codePhraseOf(jsonObject({ code: value, system })) });
}

function fromCode(node: FhirNode): RmObject | undefined {
  const code = primitiveText(node);
  if (code === undefined) return undefined;
  return rmObject("DV_CODED_TEXT", { value: code, defining_code: codePhraseOf({ code }) });
}
