import { isJsonObject, type JsonObject } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { jsonObject, objectAttribute, objectsMember, rmObject, stringAttribute, stringMember } from "./rm-values.js";
import { readTerminologyId, writeTerminologyId } from "./terminology-id.js";

/**
 * CODE_PHRASE ↔ Coding (fhirconnect-language 13.3, engine-behaviour 8.2 and 8.4)
 *
 * | CODE_PHRASE        | Coding            | survives |
 * |--------------------|-------------------|----------|
 * | code_string        | code              | both     |
 * | terminology_id     | system (+version) | both     |
 * | preferred_term     | display           | to FHIR  |
 */
export const codePhrase: DataTypeConverter = {
  rmType: "CODE_PHRASE",

  toFhir(value): FhirData | undefined {
    const coding = codingOf(value, stringAttribute(value, "preferred_term"));
    return coding === undefined ? undefined : { type: "Coding", value: coding };
  },

  toOpenEhr(node): RmObject | undefined {
    const coding = codingIn(node);
    return coding === undefined ? undefined : codePhraseOf(coding);
  },
};

/** Coding for a CODE_PHRASE; undefined when it has neither code nor terminology. */
export function codingOf(phrase: RmObject | undefined, display: string | undefined): JsonObject | undefined {
  const code = stringAttribute(phrase, "code_string");
  const { system, version } = readTerminologyId(stringAttribute(objectAttribute(phrase, "terminology_id"), "value"));
  if (code === undefined && system === undefined) return undefined;
  return jsonObject({ system, version, code, display });
}

/** CODE_PHRASE for a Coding; undefined when the Coding has no code. */
export function codePhraseOf(coding: JsonObject): RmObject | undefined {
  const code = stringMember(coding, "code");
  if (code === undefined) return undefined;
  const system = stringMember(coding, "system");
  const version = stringMember(coding, "version");
  const terminologyId = writeTerminologyId({
    ...(system !== undefined && { system }),
    ...(version !== undefined && { version }),
  });
  return rmObject("CODE_PHRASE", {
    terminology_id: terminologyId === undefined ? undefined : rmObject("TERMINOLOGY_ID", { value: terminologyId }),
    code_string: code,
  });
}

/** The Coding a FHIR value carries: itself, the first coding of a concept, or a bare code. */
export function codingIn(node: FhirNode): JsonObject | undefined {
  if (node.type === "Coding" && isJsonObject(node.value)) return node.value;
  if (node.type === "CodeableConcept" && isJsonObject(node.value)) return objectsMember(node.value, "coding")[0];
  if (node.type === "code" && typeof node.value === "string" && node.value !== "") return { code: node.value };
  return undefined;
}
