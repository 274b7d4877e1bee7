import { isJsonObject, type JsonObject } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import { isRmObject, type RmObject } from "../../openehr/rm/rm-object.js";
import type { Semantics } from "../semantics.js";
import { codePhraseOf, codingOf } from "./code-phrase.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { primitiveText } from "./fhir-primitives.js";
import {
  jsonObject,
  listAttribute,
  objectAttribute,
  objectsMember,
  rmObject,
  stringAttribute,
  stringMember,
} from "./rm-values.js";

/**
 * DV_CODED_TEXT ↔ CodeableConcept, Coding, code, Identifier (fhirconnect-language 13.3, engine-behaviour 8.2 and 8.4)
 *
 * | DV_CODED_TEXT             | CodeableConcept             | survives |
 * |---------------------------|-----------------------------|----------|
 * | defining_code             | first coding                | both     |
 * | value                     | text, display of the coding | both; to openEHR `text` wins over `display`, the code stands in for both |
 * | mappings (target)         | further codings             | both, the version as the semantics say; match is `?` (FHIR does not say how its codings relate), purpose is lost |
 *
 * A concept without a coded coding is not a coded text: it is left to DV_TEXT, or reported.
 */
export const dvCodedText: DataTypeConverter = {
  rmType: "DV_CODED_TEXT",

  toFhir(value, { semantics }): FhirData | undefined {
    const text = stringAttribute(value, "value");
    const first = codingOf(objectAttribute(value, "defining_code"), text);
    const coding = [first, ...listAttribute(value, "mappings").map((one) => mappedCoding(one, semantics))].filter(
      (item) => item !== undefined,
    );
    if (text === undefined && coding.length === 0) return undefined;
    return {
      type: "CodeableConcept",
      value: jsonObject({ coding: coding.length === 0 ? undefined : coding, text }),
    };
  },

  toOpenEhr(node): RmObject | undefined {
    switch (node.type) {
      case "CodeableConcept":
        return isJsonObject(node.value) ? fromConcept(node.value) : undefined;
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

function mappedCoding(mapping: unknown, { termMappingVersion }: Semantics): JsonObject | undefined {
  if (!isRmObject(mapping)) return undefined;
  const target = objectAttribute(mapping, "target");
  const coding = codingOf(target, stringAttribute(target, "preferred_term"));
  if (coding !== undefined && termMappingVersion === "dropped") delete coding.version;
  return coding;
}

function fromConcept(concept: JsonObject): RmObject | undefined {
  const [first, ...others] = objectsMember(concept, "coding").filter(
    (coding) => stringMember(coding, "code") !== undefined,
  );
  if (first === undefined) return undefined;
  const mappings = others.map(termMapping).filter((mapping) => mapping !== undefined);
  return rmObject("DV_CODED_TEXT", {
    value: stringMember(concept, "text") ?? stringMember(first, "display") ?? stringMember(first, "code"),
    mappings: mappings.length === 0 ? undefined : mappings,
    defining_code: codePhraseOf(first),
  });
}

/** TERM_MAPPING.match for "not known". */
const unknownMatch = "?";

function termMapping(coding: JsonObject): RmObject | undefined {
  const target = codePhraseOf(coding);
  if (target === undefined) return undefined;
  const display = stringMember(coding, "display");
  if (display !== undefined) target.preferred_term = display;
  return rmObject("TERM_MAPPING", { match: unknownMatch, target });
}

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
