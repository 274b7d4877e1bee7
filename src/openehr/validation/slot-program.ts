import { formatAqlPath } from "../rm/aql-path.js";
import { isSubclassOf, withoutGeneric } from "../rm/rm-classes.js";
import type { RmObject } from "../rm/rm-object.js";
import type { SlotAssertions } from "../template/slot-assertions.js";
import type { TemplateNode } from "../template/template.js";
import { objectMember, textMember } from "./object-place.js";
import { textExpression } from "./text-expression.js";

/** What an open slot admits, compiled once. */
export interface SlotProgram {
  readonly node: TemplateNode;
  /** The `aqlPath` of the slot. */
  readonly path: string;
  /** Whether an object has the class and, where the slot has one, the name for the slot. */
  readonly fits: (object: RmObject) => boolean;
  /** Whether the slot's assertions admit an archetype. */
  readonly admits: (archetypeId: string) => boolean;
  /** The expressions of the archetypes that are meant to be there, for reports. */
  readonly expected: string;
}

/** Compiles an ARCHETYPE_SLOT. */
export function slotProgram(node: TemplateNode): SlotProgram {
  const className = withoutGeneric(node.rmType);
  const named = node.path.at(-1)?.name;
  return {
    node,
    path: formatAqlPath(node.path),
    fits: (object) => {
      const type = archetypeClass(object);
      if (type === undefined || !isSubclassOf(type, className)) return false;
      return named === undefined || textMember(objectMember(object, "name"), "value") === named;
    },
    admits: archetypeCheck(node.slotAssertions),
    expected: node.slotAssertions?.includes.join(", ") ?? "",
  };
}

/** The class that the id of an object's archetype names; undefined for objects that are not roots of archetypes. */
function archetypeClass(object: RmObject): string | undefined {
  return /^openEHR-EHR-([A-Z_]+)\./.exec(textMember(object, "archetype_node_id") ?? "")?.[1];
}

/**
 * What is included is admitted; what is not is admitted unless it is excluded: inclusions by themselves recommend, and only
 * together with the exclusion of everything do they close the slot.
 */
function archetypeCheck(assertions: SlotAssertions | undefined): (archetypeId: string) => boolean {
  if (assertions === undefined || assertions.excludes.length === 0) return () => true;
  const includes = assertions.includes.map(textExpression);
  const excludes = assertions.excludes.map(textExpression);
  return (archetypeId) => {
    const ids = [archetypeId, withMajorVersion(archetypeId)];
    if (includes.some((expression) => ids.some((id) => expression?.(id) ?? true))) return true;
    return !excludes.some((expression) => ids.some((id) => expression?.(id) ?? false));
  };
}

/** Assertions are written for major versions, ids may have the whole version: `…device.v1.2.0`. */
function withMajorVersion(archetypeId: string): string {
  return archetypeId.replace(/(\.v\d+)\.\d.*$/, "$1");
}
