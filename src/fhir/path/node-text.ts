import { Problem } from "../../errors/problem.js";
import { isJsonObject, type JsonObject } from "../json.js";
import { fhirNotAResource } from "../problems.js";
import type { FhirNode } from "./fhir-node.js";

/** The node a path starts from. Throws FHIR_NOT_A_RESOURCE when the JSON has no `resourceType`. */
export function fhirNodeOf(resource: JsonObject): FhirNode {
  const type = Object.hasOwn(resource, "resourceType") ? resource.resourceType : undefined;
  if (typeof type !== "string" || type === "") {
    throw new Problem(fhirNotAResource, "The JSON is no FHIR resource: it has no resourceType.");
  }
  return { type, value: resource, resource };
}

/** The text of a primitive as it stands in JSON; undefined for everything else and for a primitive without a value. */
export function primitiveText(node: FhirNode): string | undefined {
  switch (typeof node.value) {
    case "string":
      return node.value;
    case "number":
    case "boolean":
      return String(node.value);
    default:
      return undefined;
  }
}

/**
 * The text a node stands for in `toString()` (engine-behaviour 4.5): a primitive's own, value and unit of a Quantity;
 * empty for other types, which have none.
 */
export function nodeText(node: FhirNode): string {
  const text = primitiveText(node);
  if (text !== undefined) return text;
  if (node.type !== "Quantity" || !isJsonObject(node.value)) return "";
  return [node.value.value, node.value.unit].filter((part) => part !== undefined && part !== null).join(" ");
}

/** `toString()` of a collection: the texts of its nodes joined with commas, empty for none (engine-behaviour 4.5). */
export function joinedNodeText(nodes: readonly FhirNode[]): string {
  return nodes.map(nodeText).join(",");
}
