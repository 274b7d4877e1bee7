import { isPathable } from "../rm/rm-classes.js";
import type { TemplateNode } from "../template/template.js";

/**
 * Whether occurrences of a node are made of other occurrences (LOCATABLEs, EVENT_CONTEXT, ISM_TRANSITION,
 * INSTRUCTION_DETAILS) and not of one value.
 */
export function isStructure(node: TemplateNode): boolean {
  return isPathable(node.rmType);
}
