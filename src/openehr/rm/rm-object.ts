import type { NumberText } from "../json/number-text.js";

/**
 * The reference model tree: plain objects in the shape of canonical JSON. Every object carries `_type`, also those for
 * which canonical JSON leaves it out (ARCHETYPED, HISTORY, LINK, …): the readers put it there, the writers drop it.
 *
 * Absent attributes are absent members, never `null`; lists are never empty.
 */
export interface RmObject {
  _type: string;
  [attribute: string]: RmValue | undefined;
}

/** A number is a double, or a NumberText where its digits are more than the shortest double says. */
export type RmPrimitive = string | number | boolean | NumberText;
export type RmValue = RmPrimitive | RmObject | RmValue[];

export function isRmObject(value: unknown): value is RmObject {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    typeof (value as RmObject)._type === "string"
  );
}
