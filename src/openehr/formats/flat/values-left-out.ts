import { isExactNumber } from "../../json/number-text.js";
import { isPathable, isSubclassOf, attribute as rmAttribute } from "../../rm/rm-classes.js";
import { isRmObject, type RmObject, type RmPrimitive, type RmValue } from "../../rm/rm-object.js";
import { readInterval } from "./datatypes/interval.js";
import { type FlatDataType, type FlatReadContext, objectMember } from "./flat-data-type.js";
import { flatDataType } from "./flat-data-types.js";
import { FlatFindings } from "./flat-findings.js";
import { parseFlatKeys } from "./flat-keys.js";
import { type FlatDocument, FlatPathPlace } from "./flat-path-place.js";
import { entryEncodingType, optionalAttributesOf, originType } from "./optional-attributes.js";

/** Attributes that the template gives, or that are compared with what the template says elsewhere. */
const FROM_TEMPLATE = new Set(["archetype_details", "archetype_node_id"]);
/** Parties that are the subject of the record where FLAT says nothing. */
const SELF_BY_DEFAULT = new Set(["composer", "subject", "performer"]);
/** Any path will do for a trial. */
const TRIAL = "value";

/**
 * Reports what a composition says inside of its values that FLAT cannot say (openehr-formats 13): each value is written by
 * itself and read back, and what does not come back is left out.
 * @param isLeftOut tells of a path whether the object there is left out as a whole, and has been reported
 */
export function reportValuesLeftOut(
  object: RmObject,
  isLeftOut: (path: string) => boolean,
  report: (path: string) => void,
  path = "",
): void {
  for (const [attribute, value] of Object.entries(object)) {
    if (value === undefined || FROM_TEMPLATE.has(attribute)) continue;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(attribute, item, `${path}/${attribute}[${index}]`);
    } else visit(attribute, value, `${path}/${attribute}`);
  }

  function visit(attribute: string, value: RmValue, valuePath: string): void {
    if (!isRmObject(value) || isLeftOut(valuePath)) return;
    if (isPathable(value._type)) reportValuesLeftOut(value, isLeftOut, report, valuePath);
    else reportLoss(value, readBack(object, attribute, value), valuePath, report);
  }
}

/** What is read from the FLAT form of one value; undefined when that is nothing. */
function readBack(owner: RmObject, attribute: string, value: RmObject): RmObject | RmPrimitive | undefined {
  if (isSubclassOf(owner._type, "LOCATABLE") && attribute === "name") {
    // A name may not be written at all; that is found out where the name of the template is known.
    return readAs(flatDataType("DV_TEXT"), value);
  }
  const type = typeIn(owner, attribute, value);
  const again = readAs(type, value);
  if (value._type !== "PARTY_SELF") return again;
  // The class of a composer is told by `ctx/composer_self`.
  if (attribute === "composer") return { ...(isRmObject(again) ? again : {}), _type: "PARTY_SELF" };
  return again ?? (SELF_BY_DEFAULT.has(attribute) ? { _type: "PARTY_SELF" } : undefined);
}

function typeIn(owner: RmObject, attribute: string, value: RmObject): FlatDataType | undefined {
  if (attribute === "encoding" && isSubclassOf(owner._type, "ENTRY")) return entryEncodingType;
  if (attribute === "origin" && owner._type === "HISTORY") return originType;
  for (const optional of optionalAttributesOf(owner._type).values()) {
    if (optional.attribute === attribute) return optional.dataType;
  }
  return value._type === "DV_INTERVAL" ? intervalTypeFor(value) : flatDataType(value._type);
}

/** The template says of which class the bounds of an interval are; here the bounds themselves do. */
function intervalTypeFor(interval: RmObject): FlatDataType | undefined {
  const bound = objectMember(interval, "lower") ?? objectMember(interval, "upper");
  const write = flatDataType("DV_INTERVAL")?.write;
  return write && { read: (keys, context) => readInterval(keys, context, bound?._type), write };
}

const CONTEXT: FlatReadContext = {
  node: undefined,
  isMergedText: false,
  now: () => "",
  dataType: flatDataType,
};

function readAs(type: FlatDataType | undefined, value: RmObject): RmObject | RmPrimitive | undefined {
  const document: FlatDocument = {};
  type?.write(value, new FlatPathPlace(TRIAL, document, "published"));
  const keys = parseFlatKeys(document, new FlatFindings()).child(TRIAL);
  return keys === undefined ? undefined : type?.read(keys, CONTEXT);
}

/** @returns whether anything was reported */
function reportLoss(
  written: RmValue,
  read: RmValue | undefined,
  path: string,
  report: (path: string) => void,
): boolean {
  if (isRmObject(written) && isRmObject(read)) {
    let isReported = false;
    for (const [member, value] of Object.entries(written)) {
      if (member === "_type" || value === undefined) continue;
      const again = read[member] ?? impliedValue(written, member);
      if (reportLoss(value, again, `${path}/${member}`, report)) isReported = true;
    }
    if (isReported || written._type === read._type) return isReported;
  } else if (Array.isArray(written) && Array.isArray(read)) {
    let isReported = false;
    for (const [index, item] of written.entries()) {
      if (reportLoss(item, read[index], `${path}[${index}]`, report)) isReported = true;
    }
    return isReported;
  } else if (isExactNumber(written) && isExactNumber(read)) {
    if (written.valueOf() === read.valueOf()) return false;
  } else if (written === read) return false;
  report(path);
  return true;
}

/** What an interval says about its bounds where it does not say it. */
function impliedValue(owner: RmObject, member: string): RmValue | undefined {
  if (owner._type !== "DV_INTERVAL" || rmAttribute("DV_INTERVAL", member)?.type !== "BOOLEAN") return undefined;
  return member.endsWith("_included");
}
