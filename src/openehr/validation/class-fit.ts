import { withoutGeneric } from "../rm/rm-classes.js";
import type { RmObject } from "../rm/rm-object.js";
import { isOfClass } from "../template/node-class.js";
import type { TemplateNode } from "../template/template.js";
import { objectMember } from "./object-place.js";

/** The class of an object as templates write it: `DV_INTERVAL<DV_COUNT>`. */
export function classText(object: RmObject): string {
  const limit =
    object._type === "DV_INTERVAL" ? (objectMember(object, "lower") ?? objectMember(object, "upper")) : undefined;
  return limit === undefined ? object._type : `${object._type}<${limit._type}>`;
}

/** Those alternatives that an object may be, its own class before those that it inherits from. */
export function fittingAlternatives(object: RmObject, alternatives: readonly TemplateNode[]): readonly TemplateNode[] {
  const fitting = alternatives.filter((node) => isOfClass(object, node));
  if (fitting.length < 2) return fitting;
  const isExact = ({ rmType }: TemplateNode): boolean => withoutGeneric(rmType) === object._type;
  return [...fitting.filter(isExact), ...fitting.filter((node) => !isExact(node))];
}
