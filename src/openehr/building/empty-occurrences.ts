import { isRmObject } from "../rm/rm-object.js";
import type { TemplateNode } from "../template/template.js";
import { attributeValues } from "./attribute-occurrences.js";
import type { DraftNode } from "./composition-draft.js";

/**
 * Whether completing a composition leaves occurrences of a node out that have nothing but optional attributes: an ELEMENT needs
 * a value or a null flavour, a CLUSTER items (openehr-formats 12.6).
 */
export function isNothingWithoutContent({ rmType }: TemplateNode): boolean {
  return rmType === "ELEMENT" || rmType === "CLUSTER";
}

/** Whether an occurrence of an ELEMENT or a CLUSTER has nothing that keeps it in the composition. */
export function isEmptyOccurrence(occurrence: DraftNode): boolean {
  const { node, children, value } = occurrence;
  if (node.rmType === "ELEMENT") {
    return ["value", "null_flavour"].every((attribute) => attributeValues(occurrence, attribute).length === 0);
  }
  if (node.rmType !== "CLUSTER") return !occurrence.hasValue;
  if (isRmObject(value) && value.items !== undefined) return false;
  return children.filter((child) => child.node.attribute === "items").every(isEmptyOccurrence);
}
