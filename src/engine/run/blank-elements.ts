import { isJsonObject } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import { type FoundNodes, isList } from "../../fhir/path/found-nodes.js";
import { primitiveText } from "../datatypes/fhir-primitives.js";

/** Whether nothing was found that has a value. */
export function isBlank(found: FoundNodes): boolean {
  if (found === undefined) return true;
  return isList(found) ? found.every(isBlankPrimitive) : isBlankPrimitive(found as FhirNode);
}

/** A primitive without a value, as a `data-absent-reason` leaves it. */
function isBlankPrimitive(node: FhirNode): boolean {
  return !isJsonObject(node.value) && primitiveText(node) === undefined;
}
