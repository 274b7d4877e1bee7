import { isJsonObject, type JsonObject } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import { isRmObject, type RmObject } from "../../openehr/rm/rm-object.js";
import { dvIdentifier } from "./dv-identifier.js";
import type { ConversionContext, FhirData } from "./fhir-data.js";
import { isStringType, primitiveText } from "./fhir-primitives.js";
import {
  jsonObject,
  listAttribute,
  objectAttribute,
  objectMember,
  objectsMember,
  rmObject,
  stringAttribute,
  stringMember,
} from "./rm-values.js";

/** Scheme of an id that is a literal FHIR reference. */
const literalScheme = "fhir";

/**
 * PARTY_IDENTIFIED ↔ Reference (fhirconnect-language 13.3 and 15.3)
 *
 * | PARTY_IDENTIFIED | Reference                                           | survives |
 * |------------------|-----------------------------------------------------|----------|
 * | name             | display; without it the name of the resource        | both     |
 * | identifiers[0]   | identifier; behind it those of the resource         | both     |
 * | external_ref     | reference, as a GENERIC_ID of the scheme `fhir`      | both     |
 *
 * There is no demographics service to ask, so a literal reference is kept as it is; one to a contained resource means
 * nothing outside and is left out.
 * @param target the resource that the reference leads to, when the input holds it
 * @returns undefined when nothing identifies the party
 */
export function partyOf(
  node: FhirNode,
  target: FhirNode | undefined,
  context: ConversionContext,
): RmObject | undefined {
  if (!isJsonObject(node.value)) {
    const name = isStringType(node.type) ? primitiveText(node) : undefined;
    return name === undefined ? undefined : rmObject("PARTY_IDENTIFIED", { name });
  }
  const isReference = node.type === "Reference";
  const resource = isReference ? target?.value : node.value;
  const known = isJsonObject(resource) ? resource : undefined;
  const own = isReference ? [objectMember(node.value, "identifier")] : [];
  const identifiers = [...own, ...objectsMember(known, "identifier")].flatMap((identifier) =>
    identifier === undefined
      ? []
      : (dvIdentifier.toOpenEhr({ type: "Identifier", value: identifier, resource: node.resource }, context) ?? []),
  );
  const party = rmObject("PARTY_IDENTIFIED", {
    external_ref: isReference ? externalRef(stringMember(node.value, "reference")) : undefined,
    name: (isReference ? stringMember(node.value, "display") : undefined) ?? nameOf(known),
    identifiers: identifiers.length === 0 ? undefined : identifiers,
  });
  return Object.keys(party).length === 1 ? undefined : party;
}

/** A party as the Reference to it, for text its name; undefined for one that nothing identifies. */
export function referenceTo(party: RmObject, context: ConversionContext): FhirData | undefined {
  const name = stringAttribute(party, "name");
  const [first] = listAttribute(party, "identifiers");
  const identifier = isRmObject(first) ? dvIdentifier.toFhir(first, context)?.value : undefined;
  const id = objectAttribute(objectAttribute(party, "external_ref"), "id");
  const reference = stringAttribute(id, "scheme") === literalScheme ? stringAttribute(id, "value") : undefined;
  const value = jsonObject({ reference, identifier, display: name });
  if (Object.keys(value).length === 0) return undefined;
  const asReference = { type: "Reference", value };
  return name === undefined ? asReference : { type: "string", value: name, alternatives: [asReference] };
}

function externalRef(reference: string | undefined): RmObject | undefined {
  if (reference === undefined || reference.startsWith("#")) return undefined;
  const type = /(?:^|\/)([A-Z][A-Za-z]+)\/[^/]+(?:\/_history\/[^/]+)?$/.exec(reference)?.[1];
  return rmObject("PARTY_REF", {
    id: rmObject("GENERIC_ID", { value: reference, scheme: literalScheme }),
    namespace: literalScheme,
    type: demographicClass(type),
  });
}

/** The class of openEHR's demographic model that a resource type is a kind of. */
function demographicClass(resourceType: string | undefined): string {
  switch (resourceType) {
    case "Patient":
    case "Person":
    case "Practitioner":
    case "RelatedPerson":
      return "PERSON";
    case "Organization":
      return "ORGANISATION";
    case "CareTeam":
    case "Group":
      return "GROUP";
    case "Device":
      return "AGENT";
    case "PractitionerRole":
      return "ROLE";
    default:
      return "PARTY";
  }
}

/** The name of a person, or what an organization, a device or a place is called. */
function nameOf(resource: JsonObject | undefined): string | undefined {
  const plain = stringMember(resource, "name");
  if (resource === undefined || plain !== undefined) return plain;
  const [human] = objectsMember(resource, "name");
  const text = stringMember(human, "text");
  if (text !== undefined || human === undefined) return text;
  const given = Array.isArray(human.given) ? human.given.filter((part) => typeof part === "string") : [];
  const joined = [...given, stringMember(human, "family") ?? ""].join(" ").trim();
  return joined === "" ? undefined : joined;
}
