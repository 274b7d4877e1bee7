import { isJsonObject, type JsonObject, type JsonValue } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import { isRmObject, type RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { isStringType } from "./fhir-primitives.js";
import { objectsMember, rmObject, stringAttribute, stringMember } from "./rm-values.js";
import { type CodeSystem, readTerminologyId, writeTerminologyId } from "./terminology-id.js";

/**
 * CODE_PHRASE ↔ Coding, string, code (fhirconnect-language 13.3, engine-behaviour 8.2 and 8.4)
 *
 * | CODE_PHRASE        | Coding            | survives |
 * |--------------------|-------------------|----------|
 * | code_string        | code              | both     |
 * | terminology_id     | system (+version) | both     |
 * | preferred_term     | display           | both with `codedTexts: complete`, otherwise to FHIR |
 *
 * As a string it is `terminology::code`; a string without `::` says no terminology and is not taken. A `code` is the code
 * alone. Of a CodeableConcept the first coding is meant.
 */
export const codePhrase: DataTypeConverter = {
  rmType: "CODE_PHRASE",

  toFhir(value): FhirData | undefined {
    const coding = codingOf(value, stringAttribute(value, "preferred_term"));
    return coding === undefined ? undefined : { type: "Coding", value: coding };
  },

  toOpenEhr(node, { semantics }): RmObject | undefined {
    const coding = codingIn(node);
    if (coding === undefined) return isStringType(node.type) ? qualifiedPhrase(node.value) : undefined;
    const phrase = codePhraseOf(coding);
    const display = semantics.codedTexts === "complete" ? stringMember(coding, "display") : undefined;
    if (phrase !== undefined && display !== undefined) phrase.preferred_term = display;
    return phrase;
  },
};

/** `terminology::code` of a Coding, the code alone when it has no system; undefined without a code. */
export function qualifiedCode(coding: JsonObject): string | undefined {
  const code = stringMember(coding, "code");
  const terminologyId = writeTerminologyId(codeSystemOf(coding));
  return code === undefined || terminologyId === undefined ? code : `${terminologyId}::${code}`;
}

function qualifiedPhrase(text: JsonValue | undefined): RmObject | undefined {
  const at = typeof text === "string" ? text.indexOf("::") : -1;
  if (typeof text !== "string" || at < 1 || at + 2 === text.length) return undefined;
  return rmObject("CODE_PHRASE", {
    terminology_id: rmObject("TERMINOLOGY_ID", { value: text.slice(0, at) }),
    code_string: text.slice(at + 2),
  });
}

/** Coding for a CODE_PHRASE; undefined when it has neither code nor terminology. */
export function codingOf(phrase: RmObject | undefined, display: string | undefined): JsonObject | undefined {
  // Accesses by name, each with few layouts of objects, where one function for all attributes would meet every layout there is.
  const code = phrase?.code_string;
  const terminologyId = phrase?.terminology_id;
  const terminology = isRmObject(terminologyId) ? terminologyId.value : undefined;
  const { system, version } = readTerminologyId(typeof terminology === "string" ? terminology : undefined);
  if (typeof code !== "string" && system === undefined) return undefined;
  const coding: JsonObject = {};
  if (system !== undefined) coding.system = system;
  if (version !== undefined) coding.version = version;
  if (typeof code === "string") coding.code = code;
  if (display !== undefined) coding.display = display;
  return coding;
}

/** CODE_PHRASE for a Coding; undefined when the Coding has no code. */
export function codePhraseOf(coding: JsonObject): RmObject | undefined {
  const code = stringMember(coding, "code");
  if (code === undefined) return undefined;
  const terminologyId = writeTerminologyId(codeSystemOf(coding));
  if (terminologyId === undefined) return { _type: "CODE_PHRASE", code_string: code };
  return {
    _type: "CODE_PHRASE",
    terminology_id: { _type: "TERMINOLOGY_ID", value: terminologyId },
    code_string: code,
  };
}

function codeSystemOf(coding: JsonObject): CodeSystem {
  return { system: stringMember(coding, "system"), version: stringMember(coding, "version") };
}

/** The Coding a FHIR value carries: itself, the first coding of a concept, or a bare code. */
export function codingIn(node: FhirNode): JsonObject | undefined {
  if (node.type === "Coding" && isJsonObject(node.value)) return node.value;
  if (node.type === "CodeableConcept" && isJsonObject(node.value)) return objectsMember(node.value, "coding")[0];
  if (node.type === "code" && typeof node.value === "string" && node.value !== "") return { code: node.value };
  return undefined;
}
