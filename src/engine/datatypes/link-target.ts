import { isJsonObject } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { FhirData } from "./fhir-data.js";
import { isStringType, primitiveText } from "./fhir-primitives.js";
import { objectMember, rmObject, stringAttribute, stringMember } from "./rm-values.js";

/** System of identifiers that are URIs. */
const uriSystem = "urn:ietf:rfc:3986";

/**
 * DV_EHR_URI of a LINK ↔ Reference (fhirconnect-language 13.3 and 16)
 *
 * | DV_EHR_URI                              | Reference                                       | survives |
 * |-----------------------------------------|-------------------------------------------------|----------|
 * | value, `ehr://…` or another URI         | identifier of the system urn:ietf:rfc:3986      | both     |
 * | value, a FHIR reference                 | reference                                       | both     |
 * | –                                       | display, identifiers of other systems           | lost     |
 *
 * A FHIR reference stands for a composition that is not stored yet: whoever stores it puts its URI there.
 * @param composition the URI of the composition that the element refers to, when it is known; it wins
 * @returns undefined for what names nothing outside of the resource
 */
export function linkTargetOf(node: FhirNode, composition?: string): RmObject | undefined {
  const uri = composition ?? uriOf(node)?.trim();
  return uri === undefined || uri === "" || uri.startsWith("#") ? undefined : rmObject("DV_EHR_URI", { value: uri });
}

function uriOf(node: FhirNode): string | undefined {
  const { value } = node;
  if (!isJsonObject(value)) return isStringType(node.type) ? primitiveText(node) : undefined;
  if (node.type !== "Reference") {
    const id = stringMember(value, "id");
    return typeof value.resourceType === "string" && id !== undefined ? `${value.resourceType}/${id}` : undefined;
  }
  const identifier = objectMember(value, "identifier");
  const own = stringMember(identifier, "system") === uriSystem ? stringMember(identifier, "value") : undefined;
  return own ?? stringMember(value, "reference");
}

/** The target of a LINK as a Reference, for text its URI. */
export function linkTargetToFhir(target: RmObject): FhirData | undefined {
  const uri = stringAttribute(target, "value");
  if (uri === undefined || uri === "") return undefined;
  const value = /^(?:https?:\/\/\S+\/)?[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/.test(uri)
    ? { reference: uri }
    : { identifier: { system: uriSystem, value: uri } };
  return { type: "string", value: uri, alternatives: [{ type: "Reference", value }] };
}
