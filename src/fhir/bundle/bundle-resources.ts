import { isJsonObject, type JsonObject } from "../json.js";
import { fhirNodeOf } from "../path/node-text.js";

/**
 * The resources of an input (engine-behaviour 7.1): the entry resources of a Bundle in order, or the single resource
 * itself. Entries without a resource are left out. Throws FHIR_NOT_A_RESOURCE when the input has no `resourceType`.
 */
export function bundleResources(input: JsonObject): JsonObject[] {
  if (fhirNodeOf(input).type !== "Bundle") return [input];
  const entries = Array.isArray(input.entry) ? input.entry : [];
  return entries.flatMap((entry) => (isJsonObject(entry) && isJsonObject(entry.resource) ? [entry.resource] : []));
}
