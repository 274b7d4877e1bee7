import { isSubclassOf } from "../../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmValue } from "../../rm/rm-object.js";

/** Texts of which FLAT has the value alone, by class and attribute. */
const VALUE_ONLY = [
  ["PARTICIPATION", "function"],
  ["LINK", "meaning"],
  ["LINK", "type"],
] as const;
const OTHERS_OF_TEXT = ["defining_code", "mappings", "language", "encoding", "formatting"];

/** What FLAT has no key for inside of values (openehr-formats 13): class of the object, and attributes from there on. */
const WITHOUT_KEY: readonly (readonly [rmClass: string, attributes: readonly string[]])[] = [
  ["DV_TEXT", ["hyperlink"]],
  ["PARTICIPATION", ["time"]],
  ["FEEDER_AUDIT_DETAILS", ["other_details"]],
  ...VALUE_ONLY.flatMap(([rmClass, text]) => OTHERS_OF_TEXT.map((other) => [rmClass, [text, other]] as const)),
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
  if (isSelf(object.provider)) report(`${path}/provider`);
  for (const [attribute, value] of Object.entries(object)) {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, `${path}/${attribute}[${index}]`);
    } else visit(value, `${path}/${attribute}`);
  }

  function visit(value: RmValue | undefined, valuePath: string): void {
    if (isRmObject(value) && !isLeftOut(valuePath)) reportValuesLeftOut(value, isLeftOut, report, valuePath);
  }
}

/** The subject of the record as provider of an entry: there is nothing to identify it by. */
function isSelf(provider: RmValue | undefined): boolean {
  return isRmObject(provider) && provider._type === "PARTY_SELF" && provider.external_ref === undefined;
}

function hasAt(object: RmObject, attributes: readonly string[]): boolean {
  let reached: RmValue | undefined = object;
  for (const attribute of attributes) reached = isRmObject(reached) ? reached[attribute] : undefined;
  return reached !== undefined;
}
