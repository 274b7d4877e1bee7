import { isJsonObject } from "../../fhir/json.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import type { FhirData } from "./fhir-data.js";
import { isStringType, primitiveText } from "./fhir-primitives.js";
import { objectMember, objectsMember, rmObject, stringAttribute, stringMember } from "./rm-values.js";

/**
 * PARTY_IDENTIFIED ↔ text, Identifier (engine-behaviour 8.4)
 *
 * | PARTY_IDENTIFIED | FHIR       | survives   |
 * |------------------|------------|------------|
 * | name             | string     | both       |
 * | identifiers[0]   | Identifier | to openEHR |
 */
export const partyIdentified: DataTypeConverter = {
  rmType: "PARTY_IDENTIFIED",

  toFhir(value): FhirData | undefined {
    const name = stringAttribute(value, "name");
    return name === undefined ? undefined : { type: "string", value: name };
  },

  toOpenEhr(node): RmObject | undefined {
    if (node.type === "Identifier" && isJsonObject(node.value)) {
      const id = stringMember(node.value, "value");
      if (id === undefined) return undefined;
      const type = objectMember(node.value, "type");
      const identifier = rmObject("DV_IDENTIFIER", {
        assigner: stringMember(node.value, "system"),
        id,
        type: stringMember(objectsMember(type, "coding")[0], "code") ?? stringMember(type, "text"),
      });
      return rmObject("PARTY_IDENTIFIED", { identifiers: [identifier] });
    }
    return named(isStringType(node.type) ? primitiveText(node) : undefined);
  },
};

/** PARTY_PROXY ↔ text: the name alone. References to parties need a demographics service and are not taken. */
export const partyProxy: DataTypeConverter = {
  rmType: "PARTY_PROXY",
  toFhir: (value, context) => partyIdentified.toFhir(value, context),
  toOpenEhr: (node) => named(isStringType(node.type) ? primitiveText(node) : undefined),
};

function named(name: string | undefined): RmObject | undefined {
  return name === undefined ? undefined : rmObject("PARTY_IDENTIFIED", { name });
}
