import { genericParameter, isSubclassOf, withoutGeneric } from "../rm/rm-classes.js";
import type { RmObject } from "../rm/rm-object.js";
import type { TemplateNode } from "../template/template.js";
import { objectMember } from "./object-place.js";

const NOTHING_INHERITED = 0;

/** Whether an object is of the class of a node, its bounds of the class the node names for them. */
export function isOfClass(object: RmObject, { rmType }: TemplateNode): boolean {
  if (!isSubclassOf(object._type, withoutGeneric(rmType))) return false;
  const parameter = genericParameter(rmType);
  if (parameter === undefined) return true;
  return (["lower", "upper"] as const).every((bound) => {
    const limit = objectMember(object, bound);
    return limit === undefined || isSubclassOf(limit._type, parameter);
  });
}

/** The class of an object as templates write it: `DV_INTERVAL<DV_COUNT>`. */
export function classText(object: RmObject): string {
  const limit =
    object._type === "DV_INTERVAL" ? (objectMember(object, "lower") ?? objectMember(object, "upper")) : undefined;
  return limit === undefined ? object._type : `${object._type}<${limit._type}>`;
}

/** Those alternatives that an object may be, exact classes first. */
export function fittingAlternatives(object: RmObject, alternatives: readonly TemplateNode[]): readonly TemplateNode[] {
  if (alternatives.length === 1) return alternatives.filter((node) => isOfClass(object, node));
  const isExact = (node: TemplateNode): number =>
    withoutGeneric(node.rmType) === object._type ? NOTHING_INHERITED : 1;
  return alternatives.filter((node) => isOfClass(object, node)).sort((one, other) => isExact(one) - isExact(other));
}
