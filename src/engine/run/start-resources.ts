import { isJsonObject, type JsonObject } from "../../fhir/json.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import type { Plan } from "../plan.js";
import type { FhirSelection } from "./fhir-conditions.js";

/** The resources a plan starts with: those of the start model's type that pass its preconditions (engine-behaviour 7.2). */
export function startResources(plan: Plan, input: JsonObject, selection: FhirSelection): readonly FhirNode[] {
  const isBundle = input.resourceType === "Bundle";
  if (plan.startType === "Bundle") return [resourceNode(isBundle ? input : bundleOf(input))];
  if (!isBundle) return input.resourceType === plan.startType ? [resourceNode(input)] : [];
  const entries = Array.isArray(input.entry) ? input.entry : [];
  return entries
    .map((entry) => (isJsonObject(entry) ? entry.resource : undefined))
    .filter((resource): resource is JsonObject => isJsonObject(resource) && resource.resourceType === plan.startType)
    .map(resourceNode)
    .filter((node) => {
      const [start] = plan.start;
      return (start?.fhirPreconditions ?? []).every((condition) =>
        selection.holds(condition, { model: node, enclosing: node, outer: undefined }),
      );
    });
}

/** A model that maps Bundles takes a single resource as a Bundle of one. */
function bundleOf(resource: JsonObject): JsonObject {
  return { resourceType: "Bundle", entry: [{ resource }] };
}

/** A resource as the paths of a run see it. */
export function resourceNode(resource: JsonObject): FhirNode {
  return { type: String(resource.resourceType), value: resource, resource };
}
