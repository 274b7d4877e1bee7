import { isExactNumber } from "../json/number-text.js";
import { isRmObject, type RmObject, type RmValue } from "../rm/rm-object.js";

/** Where a validator stands in a composition; the text is only put together when there is something to report. */
export interface ObjectPlace {
  readonly parent: ObjectPlace | undefined;
  readonly attribute: string;
  /** Archetype node id, on LOCATABLEs. */
  readonly nodeId?: string | undefined;
  /** Position from 1, on members of lists. */
  readonly position?: number;
}

/** The place of the root object. */
export const ROOT_PLACE: ObjectPlace = { parent: undefined, attribute: "" };

/** The place of a value, or of a member of a list, below another one. */
export function placeOf(parent: ObjectPlace, attribute: string, value: RmValue, position?: number): ObjectPlace {
  const nodeId = isRmObject(value) ? value.archetype_node_id : undefined;
  return {
    parent,
    attribute,
    ...(typeof nodeId === "string" ? { nodeId } : {}),
    ...(position === undefined ? {} : { position }),
  };
}

/** The path of openehr-formats 19.1: `/content[openEHR-EHR-OBSERVATION.pulse.v1, 2]/data[at0001]`. */
export function placeText(place: ObjectPlace): string {
  const segments: string[] = [];
  for (let at = place; at.parent !== undefined; at = at.parent) {
    const predicate = [at.nodeId, at.position].filter((part) => part !== undefined).join(", ");
    segments.push(`/${at.attribute}${predicate === "" ? "" : `[${predicate}]`}`);
  }
  return segments.reverse().join("");
}

/** The text of a member, or undefined when it is none. */
export function textMember(object: RmObject | undefined, name: string): string | undefined {
  const value = object?.[name];
  return typeof value === "string" ? value : undefined;
}

/** The number of a member, or undefined when it is none. Constraints are on the number, not on the digits it is written with. */
export function numberMember(object: RmObject | undefined, name: string): number | undefined {
  const value = object?.[name];
  return isExactNumber(value) ? value.valueOf() : undefined;
}

/** The object of a member, or undefined when it is none. */
export function objectMember(object: RmObject | undefined, name: string): RmObject | undefined {
  const value = object?.[name];
  return isRmObject(value) ? value : undefined;
}

/** The objects of a list member; a single object counts as a list of one. */
export function objectsMember(object: RmObject, name: string): readonly RmObject[] {
  const value = object[name];
  if (Array.isArray(value)) return value.filter(isRmObject);
  return isRmObject(value) ? [value] : [];
}
