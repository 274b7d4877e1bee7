import { isJsonObject } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";

/** The value that an Extension holds, as an element; undefined for anything else and for an Extension without value. */
export function heldValue({ type, value, resource }: FhirNode): FhirNode | undefined {
  if (type !== "Extension" || !isJsonObject(value)) return undefined;
  for (const [member, held] of Object.entries(value)) {
    const name = /^value([A-Z]\w*)$/.exec(member)?.[1];
    if (name === undefined || held === undefined || held === null) continue;
    // Complex types are written with a capital, primitive ones without.
    return { type: isJsonObject(held) ? name : name.charAt(0).toLowerCase() + name.slice(1), value: held, resource };
  }
  return undefined;
}
