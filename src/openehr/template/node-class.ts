import { genericParameter, isSubclassOf, withoutGeneric } from "../rm/rm-classes.js";
import { isRmObject, type RmObject } from "../rm/rm-object.js";
import type { TemplateNode } from "./template.js";

/**
 * Whether an object is of the class of a node, or of one that inherits from it. An interval is of the class of a
 * `DV_INTERVAL<DV_COUNT>` when its bounds, as far as it has any, are counts.
 */
export function isOfClass(object: RmObject, { rmType }: TemplateNode): boolean {
  if (!isSubclassOf(object._type, withoutGeneric(rmType))) return false;
  const parameter = genericParameter(rmType);
  return parameter === undefined || [object.lower, object.upper].every((bound) => isOfClassName(bound, parameter));
}

function isOfClassName(bound: RmObject[string], className: string): boolean {
  return !isRmObject(bound) || isSubclassOf(bound._type, className);
}
