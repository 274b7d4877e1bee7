import { isExactNumber } from "../../../json/number-text.js";
import { genericParameter } from "../../../rm/rm-classes.js";
import type { RmObject } from "../../../rm/rm-object.js";
import type { TemplateNode } from "../../../template/template.js";
import {
  type FlatDataType,
  type FlatPlace,
  type FlatReadContext,
  nestedContext,
  objectMember,
  objectType,
  scalarMember,
} from "../flat-data-type.js";
import type { FlatKeys } from "../flat-keys.js";

/**
 * DV_INTERVAL: bounds as `/lower` and `/upper` with the suffixes of their class, flags as `|lower_unbounded` and so on;
 * flags are written only when they differ from included and bounded (openehr-formats 9).
 */
export const intervalType: FlatDataType = objectType({
  read: (keys, context) => readInterval(keys, context, boundTypeOf(context.node)),
  write: (value, place) => writeInterval(value, place, undefined),
});

const BOUNDS = ["lower", "upper"] as const;

/** Class of the bounds of an interval node: its generic parameter, or what its `lower` or `upper` node says. */
function boundTypeOf(node: TemplateNode | undefined): string | undefined {
  if (node === undefined) return undefined;
  const bound = node.children.find(
    ({ attribute, rmType }) => (attribute === "lower" || attribute === "upper") && rmType !== "DV_ORDERED",
  );
  return genericParameter(node.rmType) ?? bound?.rmType;
}

/** Attributes that only one class of bounds has. */
const CLASS_BY_ATTRIBUTE = [
  ["magnitude", "DV_QUANTITY"],
  ["numerator", "DV_PROPORTION"],
  ["ordinal", "DV_ORDINAL"],
  ["code", "DV_ORDINAL"],
] as const;

/** Forms of a plain text by which a bound can be told. */
const CLASS_BY_FORM = [
  ["DV_DURATION", /^-?P/],
  ["DV_TIME", /^\d{2}(:|$)/],
  ["DV_DATE", /^\d{4}(-\d{2}(-\d{2})?)?$/],
  ["DV_DATE_TIME", /^\d{4}.*T/i],
] as const;

/** The class of a bound that the template leaves open, told by how it is given. */
function classOfBound(keys: FlatKeys): string | undefined {
  const byAttribute = CLASS_BY_ATTRIBUTE.find(([attribute]) => keys.has(attribute));
  if (byAttribute !== undefined) return byAttribute[1];
  const given = [...keys.members()].find(([attribute]) => attribute === "" || attribute === "value")?.[1];
  if (isExactNumber(given)) return "DV_COUNT";
  return typeof given === "string" ? CLASS_BY_FORM.find(([, form]) => form.test(given))?.[0] : undefined;
}

/** Reads an interval whose bounds have the class given; without one, the bounds tell it themselves. */
export function readInterval(
  keys: FlatKeys,
  context: FlatReadContext,
  boundType: string | undefined,
): RmObject | undefined {
  const interval: RmObject = { _type: "DV_INTERVAL" };
  let isEmpty = true;
  for (const bound of BOUNDS) {
    const boundKeys = keys.child(bound);
    const type = boundType ?? (boundKeys === undefined ? undefined : classOfBound(boundKeys));
    if (boundKeys !== undefined && type !== undefined) {
      const node = context.node?.children.find(({ attribute }) => attribute === bound);
      const value = context.dataType(type)?.read(boundKeys, nestedContext(context, node));
      if (value !== undefined) {
        interval[bound] = value;
        isEmpty = false;
      }
    }
    for (const flag of [`${bound}_unbounded`, `${bound}_included`]) {
      const value = keys.boolean(flag);
      if (value !== undefined) {
        interval[flag] = value;
        isEmpty = false;
      }
    }
  }
  return isEmpty ? undefined : interval;
}

/** Writes an interval; the class of each bound is its own, or the one given for partial bounds. */
export function writeInterval(value: RmObject, place: FlatPlace, boundType: string | undefined): void {
  for (const bound of ["upper", "lower"]) {
    const boundValue = objectMember(value, bound);
    if (boundValue !== undefined)
      place.dataType(boundValue._type || (boundType ?? ""))?.write(boundValue, place.at(bound));
  }
  for (const bound of BOUNDS) {
    const isUnbounded = scalarMember(value, `${bound}_unbounded`);
    if (isUnbounded === true) place.put(`${bound}_unbounded`, true);
    const isIncluded = scalarMember(value, `${bound}_included`);
    if (isIncluded === false) place.put(`${bound}_included`, false);
  }
}
