import { isJsonObject, type JsonObject } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import { isRmObject, type RmObject } from "../../openehr/rm/rm-object.js";
import type { DataTypeConverter } from "./converter.js";
import { dvIdentifier, isAbsoluteUri } from "./dv-identifier.js";
import type { ConversionContext, FhirData, FhirForm } from "./fhir-data.js";
import { isStringType, primitiveText } from "./fhir-primitives.js";
import { partyOf, referenceTo } from "./party-reference.js";
import { listAttribute, objectMember, objectsMember, rmObject, stringAttribute, stringMember } from "./rm-values.js";

/**
 * PARTY_IDENTIFIED ↔ text, Identifier, Reference (fhirconnect-language 13.3 and 15, engine-behaviour 8.4)
 *
 * | PARTY_IDENTIFIED | FHIR       | survives   |
 * |------------------|------------|------------|
 * | name             | string     | both       |
 * | identifiers[0]   | Identifier | both; further ones are lost |
 * | all of them      | Reference  | as in `partyOf`, with `references: values`; otherwise not converted |
 *
 * With `partyIdentifiers: system-as-assigner` an Identifier has its system as assigner and its type without system, as today's
 * stores have it; both forms are read.
 */
export const partyIdentified: DataTypeConverter = {
  rmType: "PARTY_IDENTIFIED",

  toFhir(value, context): FhirData | undefined {
    const reference = context.semantics.references === "values" ? referenceTo(value, context) : undefined;
    const identifier = identifierOf(value, context);
    const forms: FhirForm[] = [...(reference?.alternatives ?? [])];
    if (reference?.type === "Reference") forms.push(reference);
    if (identifier !== undefined) forms.push({ type: "Identifier", value: identifier });
    const name = stringAttribute(value, "name");
    if (name !== undefined) return { type: "string", value: name, alternatives: forms };
    const [first, ...others] = forms;
    return first === undefined ? undefined : { type: first.type, value: first.value, alternatives: others };
  },

  toOpenEhr(node, context): RmObject | undefined {
    if (node.type !== "Identifier" || !isJsonObject(node.value)) return partyProxy.toOpenEhr(node, context);
    const identifier =
      context.semantics.partyIdentifiers === "system-as-assigner"
        ? withSystemAsAssigner(node.value)
        : dvIdentifier.toOpenEhr(node, context);
    return identifier === undefined ? undefined : rmObject("PARTY_IDENTIFIED", { identifiers: [identifier] });
  },
};

/** PARTY_PROXY ↔ text, Reference: as a PARTY_IDENTIFIED, but for an Identifier alone. */
export const partyProxy: DataTypeConverter = {
  rmType: "PARTY_PROXY",
  toFhir: (value, context) => partyIdentified.toFhir(value, context),
  toOpenEhr: (node, context) => {
    if (node.type === "Reference") return referenced(node, context);
    const name = isStringType(node.type) ? primitiveText(node) : undefined;
    return name === undefined ? undefined : rmObject("PARTY_IDENTIFIED", { name });
  },
};

function referenced(node: FhirNode, context: ConversionContext): RmObject | undefined {
  return context.semantics.references === "values" ? partyOf(node, undefined, context) : undefined;
}

function identifierOf(party: RmObject, context: ConversionContext): JsonObject | undefined {
  const first = listAttribute(party, "identifiers").find(isRmObject);
  if (first === undefined) return undefined;
  const assigner = stringAttribute(first, "assigner");
  const isSystem = first.issuer === undefined && assigner !== undefined && isAbsoluteUri(assigner);
  const { assigner: _, ...rest } = first;
  const own = isSystem && !assigner.includes("::") ? { ...rest, issuer: assigner } : first;
  const identifier = dvIdentifier.toFhir(own, context)?.value;
  return isJsonObject(identifier) ? identifier : undefined;
}

function withSystemAsAssigner(identifier: JsonObject): RmObject | undefined {
  const id = stringMember(identifier, "value");
  if (id === undefined) return undefined;
  const type = objectMember(identifier, "type");
  return rmObject("DV_IDENTIFIER", {
    assigner: stringMember(identifier, "system"),
    id,
    type: stringMember(objectsMember(type, "coding")[0], "code") ?? stringMember(type, "text"),
  });
}
