import { isSubclassOf } from "../../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmValue } from "../../rm/rm-object.js";

/** What FLAT has no key for inside of values (openehr-formats 13): class of the object, and attributes from there on. */
const WITHOUT_KEY: readonly (readonly [rmClass: string, attributes: readonly string[]])[] = [
  ["DV_TEXT", ["hyperlink"]],
  ["PARTICIPATION", ["time"]],
  ["PARTICIPATION", ["function", "defining_code"]],
  ["LINK", ["meaning", "defining_code"]],
  ["LINK", ["type", "defining_code"]],
  ["FEEDER_AUDIT_DETAILS", ["other_details"]],
];

/**
 * Reports what a composition says inside of its values that FLAT cannot say.
 * @param isLeftOut tells of a path whether the object there is left out as a whole, and has been reported
 */
export function reportValuesLeftOut(
  object: RmObject,
  isLeftOut: (path: string) => boolean,
  report: (path: string) => void,
  path = "",
): void {
  for (const [rmClass, attributes] of WITHOUT_KEY) {
    if (isSubclassOf(object._type, rmClass) && hasAt(object, attributes)) report(`${path}/${attributes.join("/")}`);
  }
  for (const [attribute, value] of Object.entries(object)) {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, `${path}/${attribute}[${index}]`);
    } else visit(value, `${path}/${attribute}`);
  }

  function visit(value: RmValue | undefined, valuePath: string): void {
    if (isRmObject(value) && !isLeftOut(valuePath)) reportValuesLeftOut(value, isLeftOut, report, valuePath);
  }
}

function hasAt(object: RmObject, attributes: readonly string[]): boolean {
  let reached: RmValue | undefined = object;
  for (const attribute of attributes) reached = isRmObject(reached) ? reached[attribute] : undefined;
  return reached !== undefined;
}
