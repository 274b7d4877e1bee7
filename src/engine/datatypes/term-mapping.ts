import type { JsonObject } from "../../fhir/json.js";
import { isRmObject, type RmObject } from "../../openehr/rm/rm-object.js";
import type { Semantics } from "../semantics.js";
import { codePhraseOf, codingIn, codingOf } from "./code-phrase.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { listAttribute, objectAttribute, rmObject, stringAttribute, stringMember } from "./rm-values.js";

/**
 * TERM_MAPPING ↔ Coding, CodeableConcept (fhirconnect-language 13.3)
 *
 * | TERM_MAPPING          | Coding            | survives |
 * |-----------------------|-------------------|----------|
 * | target                | system, code      | both, the version to FHIR as the semantics say |
 * | target.preferred_term | display           | both     |
 * | match                 | –                 | to openEHR `=` as the language page has it, or `?` as today's stores have it |
 * | purpose               | –                 | lost     |
 *
 * Of a CodeableConcept the first coding is meant, and its text is lost.
 */
export const termMapping: DataTypeConverter = {
  rmType: "TERM_MAPPING",

  toFhir(value, { semantics }): FhirData | undefined {
    const coding = mappedCoding(value, semantics);
    return coding === undefined ? undefined : { type: "Coding", value: coding };
  },

  toOpenEhr(node, { semantics }): RmObject | undefined {
    const coding = node.type === "code" ? undefined : codingIn(node);
    return coding === undefined ? undefined : termMappingOf(coding, semantics);
  },
};

/** The codings that the term mappings of a text lead to. */
export function mappedCodings(text: RmObject, semantics: Semantics): readonly JsonObject[] {
  if (text.mappings === undefined) return [];
  return listAttribute(text, "mappings")
    .map((mapping) => (isRmObject(mapping) ? mappedCoding(mapping, semantics) : undefined))
    .filter((coding) => coding !== undefined);
}

function mappedCoding(mapping: RmObject, { termMappingVersion }: Semantics): JsonObject | undefined {
  const target = objectAttribute(mapping, "target");
  const coding = codingOf(target, stringAttribute(target, "preferred_term"));
  if (coding !== undefined && termMappingVersion === "dropped") delete coding.version;
  return coding;
}

/** The mappings to further codings of a concept; undefined when none of them has a code. */
export function termMappingsOf(codings: readonly JsonObject[], semantics: Semantics): RmObject[] | undefined {
  const mappings = codings.map((coding) => termMappingOf(coding, semantics)).filter((one) => one !== undefined);
  return mappings.length === 0 ? undefined : mappings;
}

function termMappingOf(coding: JsonObject, { codedTexts }: Semantics): RmObject | undefined {
  const target = codePhraseOf(coding);
  if (target === undefined) return undefined;
  const display = stringMember(coding, "display");
  if (display !== undefined) target.preferred_term = display;
  return rmObject("TERM_MAPPING", { match: codedTexts === "complete" ? "=" : "?", target });
}
